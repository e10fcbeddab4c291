import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { currencyCode, minorUnits, text } from '../vocabulary.ts';

/** The gateway holds the amount on the customer's means of payment. */
export const paymentAuthorized = defineEvent({
  type: 'PaymentAuthorized',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({ paymentId: text, amountMinor: minorUnits, currency: currencyCode }),
});

export type PaymentAuthorized = EventOf<typeof paymentAuthorized>;
