import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { currencyCode, minorUnits, text } from '../vocabulary.ts';

/** The gateway authorized the order's total with the customer's payment method. */
export const paymentAuthorized = defineEvent({
  type: 'PaymentAuthorized',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({ paymentId: text, amountMinor: minorUnits, currency: currencyCode }),
});

export type PaymentAuthorized = EventOf<typeof paymentAuthorized>;
