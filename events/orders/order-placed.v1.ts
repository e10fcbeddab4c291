import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { appliedDiscount, currencyCode, orderLine, text, totals } from '../vocabulary.ts';

/**
 * A customer placed an order; nothing is reserved or charged yet. Of the address, the event has only country and postal
 * area.
 */
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
    /** The payment gateway's token for the customer's payment method. It cannot be used without the shop's own key. */
    paymentMethodId: text,
    locale: z.optional(text),
    /** False when the order may not be split over several parcels; absent means true. */
    allowSplitShipments: z.optional(z.boolean()),
    /** True when prices, discounts and shipping have the tax in them; absent when tax is added. */
    taxIncluded: z.exactOptional(z.literal(true)),
    discounts: z.exactOptional(z.array(appliedDiscount)),
    /** The way of shipping that is charged; absent where the market has only one and the customer named none. */
    shippingOption: z.exactOptional(text),
    /** Why staff has named prices. */
    priceReason: z.exactOptional(text),
    /** True when the customer agreed that the payment method is saved for later charges; absent means false. */
    savesPaymentMethod: z.optional(z.boolean()),
    /** The page of the shop to which the bank's page returns the customer. It identifies no person. */
    returnUrl: z.optional(text),
  }),
});

export type OrderPlaced = EventOf<typeof orderPlaced>;
