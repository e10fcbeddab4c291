import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { currencyCode, minorUnits, text } from '../vocabulary.ts';

/** The amount of a shipment was captured, or with it that of others which are dispatched later. */
export const paymentCaptured = defineEvent({
  type: 'PaymentCaptured',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({
    paymentId: text,
    shipmentId: text,
    amountMinor: minorUnits,
    currency: currencyCode,
    /** The other shipments that are paid for with this capture. */
    covers: z.optional(z.array(text)),
  }),
});

export type PaymentCaptured = EventOf<typeof paymentCaptured>;
