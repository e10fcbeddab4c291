import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { currencyCode, lineQuantity, minorUnits, text } from '../vocabulary.ts';

/**
 * The warehouse handed a shipment to its carrier, or the order was confirmed and its digital lines are due. dispatch-saga
 * captures the amount and books the stock out.
 */
export const dispatchRequested = defineEvent({
  type: 'DispatchRequested',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({
    shipmentId: text,
    location: text,
    lines: z.array(lineQuantity),
    paymentId: text,
    /** What is captured: the goods in the shipment, and the charge for shipping if this capture takes it. */
    amountMinor: minorUnits,
    currency: currencyCode,
    /** True when no other shipment of the order is left to capture. */
    finalCapture: z.boolean(),
    /** The charge for shipping with its tax, if it is in the amount. */
    shippingMinor: z.exactOptional(minorUnits),
    /** True when the payment can be captured once only. */
    singleCapture: z.optional(z.boolean()),
    /** The shipment has no carrier and no stock. */
    digital: z.exactOptional(z.literal(true)),
  }),
});

export type DispatchRequested = EventOf<typeof dispatchRequested>;
