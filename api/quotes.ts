import * as z from 'zod/mini';
import { totals } from '../events/vocabulary.ts';
import { availability } from './catalog.ts';
import { defineRoute } from './define-route.ts';
import { orderDiscount, orderFields, orderLine, recipientChecks } from './orders.ts';
import { pricingRefusals } from './pricing-refusals.ts';
import { country, optional } from './vocabulary.ts';

/** A field of an order that a quote does not look at. */
const ignored = z.optional(
  z.pipe(
    z.unknown(),
    z.transform(() => undefined),
  ),
);

/**
 * What a quote needs of an order: the same body is accepted, and of the recipient only the country is needed. The fields of the
 * payment and the person are not looked at.
 */
export const quoteOrderBody = z
  .extend(orderFields, {
    shippingAddress: optional(z.object({ country })),
    contact: ignored,
    paymentMethodId: ignored,
  })
  .check(...recipientChecks);

export const quotedShipping = z.object({
  optionId: z.string(),
  title: z.string(),
  /** The charge, net or with tax as the prices are. */
  amountMinor: z.int(),
  /** The total of the order with this way of shipping. */
  totalMinor: z.int(),
});

export const quotedLine = z.extend(orderLine, {
  /** Whether the quantity is available now. Nothing is reserved. */
  availability,
});

export const quoteResource = z.object({
  currency: z.string(),
  lines: z.array(quotedLine),
  totals,
  taxIncluded: z.boolean(),
  discounts: z.array(orderDiscount),
  /** Absent when every product is digital. */
  shippingOption: z.optional(z.string()),
  shippingOptions: z.array(quotedShipping),
});

export type QuoteResource = z.output<typeof quoteResource>;

export const quoteOrder = defineRoute({
  operationId: 'quote-order',
  entryPoint: 'orders/quote-order',
  method: 'POST',
  path: '/orders/quote',
  access: 'customer',
  summary: 'Price an order without placing it: lines, discounts, tax, ways of shipping, total and availability.',
  description:
    'Takes the body of an order; contact and payment method may be left out, and of the address all but the country, which may ' +
    'also be given as `country`. An order ' +
    'with `expectedTotalMinor` from a quote is placed at that total, or refused.',
  throttle: { ratePerSecond: 1_000, burst: 2_000 },
  body: quoteOrderBody,
  success: { status: 200, body: quoteResource },
  refusals: [...pricingRefusals],
});

export const quoteRoutes = [quoteOrder] as const;
