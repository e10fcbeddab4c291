import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { currencyCode, orderLine, text, totals } from '../vocabulary.ts';

/** A customer placed an order; nothing is held or charged yet. Country and postal area are all that is said of the address. */
export const orderPlaced = defineEvent({
  type: 'OrderPlaced',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({
    customerId: text,
    currency: currencyCode,
    lines: z.array(orderLine),
    totals,
    shipTo: z.strictObject({ country: text, postalArea: text }),
    /** The payment gateway's token for the customer's means of payment; worthless without the shop's own key. */
    paymentMethodId: text,
    locale: z.optional(text),
    /** False when the customer wants everything in one parcel; true where nothing is said. */
    allowSplitShipments: z.optional(z.boolean()),
  }),
});

export type OrderPlaced = EventOf<typeof orderPlaced>;
