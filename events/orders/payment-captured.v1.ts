import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { currencyCode, minorUnits, text } from '../vocabulary.ts';

/** The amount of a shipment was captured. */
export const paymentCaptured = defineEvent({
  type: 'PaymentCaptured',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({ paymentId: text, shipmentId: text, amountMinor: minorUnits, currency: currencyCode }),
});

export type PaymentCaptured = EventOf<typeof paymentCaptured>;
