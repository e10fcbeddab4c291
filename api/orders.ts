import * as z from 'zod/mini';
import { appliedDiscount, lineQuantity, sourcing, totals } from '../events/vocabulary.ts';
import { defineRoute } from './define-route.ts';
import { discountCode, maxDiscountCodes } from './discounts.ts';
import { orderPayment, paymentOfOrder, paymentStatus, returnUrl } from './order-payment.ts';
import { pricingRefusals } from './pricing-refusals.ts';
import { addressResource, contact, contactResource, locale, shippingAddress } from './recipient.ts';
import {
  amountMinor,
  country,
  currency,
  cursor,
  instantInQuery,
  maxLines,
  optional,
  pageSize,
  quantity,
  sku,
  text,
  totalMinor,
} from './vocabulary.ts';

export { orderPayment, paymentOfOrder, paymentStatus, returnUrl } from './order-payment.ts';
export { contact, shippingAddress } from './recipient.ts';

export const placeOrderLine = z.strictObject({
  sku,
  quantity,
  /** For staff, in an order for a customer: the price of a unit instead of the catalog's. */
  unitPriceMinor: optional(amountMinor),
  /** A note on the line, such as a name to engrave. It is stored with the address, apart from the order. */
  lineNote: optional(text),
});

/** The id of a user: the subject of a token. */
const customerId = z.string().check(z.regex(/^[\x21-\x7e]{1,128}$/, 'visible ASCII characters, at most 128'));
const shippingOption = z.string().check(z.minLength(1), z.maxLength(32));
const discountCodes = z.array(discountCode).check(
  z.maxLength(maxDiscountCodes),
  z.refine((codes) => new Set(codes).size === codes.length, 'each code once'),
);

/** The fields of an order. */
export const orderFields = z.strictObject({
  currency,
  /** A SKU may be on several lines. */
  lines: z.array(placeOrderLine).check(z.minLength(1), z.maxLength(maxLines)),
  /** Required unless every line is of a digital product. */
  shippingAddress: optional(shippingAddress),
  /** The country of the customer, for the taxes; required without an address, and otherwise the same as in it. */
  country: optional(country),
  contact,
  paymentMethodId: z
    .string()
    .check(z.regex(/^pm_[A-Za-z0-9_]{1,120}$/, 'an id of the payment gateway such as pm_card_visa')),
  locale: optional(locale),
  expectedTotalMinor: optional(totalMinor),
  /** False: all lines come from one location, or the order is rejected. True is the same as leaving it out. */
  allowSplitShipments: optional(z.boolean()),
  /** One of the ways of shipping that a quote lists; without it, the first that can take the order. */
  shippingOption: optional(shippingOption),
  discountCodes: optional(discountCodes),
  /** For staff: the customer that the order is for. */
  customerId: optional(customerId),
  /** For staff: why prices are named. Required where one is. */
  priceReason: optional(text),
  /** True: the customer agrees that the payment method is saved with the payment gateway for later charges. */
  savePaymentMethod: optional(z.boolean()),
  /** The page of the shop to which the bank's page returns the customer. It has no query, so it can name no person. */
  returnUrl: optional(returnUrl),
});

/** An address or, for digital products alone, a country. */
export const recipientChecks = [
  z.refine<Recipient>((body) => body.shippingAddress !== undefined || body.country !== undefined, {
    path: ['shippingAddress'],
    error: 'required, unless every product is digital and the country is given',
  }),
  z.refine<Recipient>(
    ({ shippingAddress: address, country: code }) =>
      address === undefined || code === undefined || address.country === code,
    { path: ['country'], error: 'not the country of the address' },
  ),
] as const;

interface Recipient {
  readonly shippingAddress?: { readonly country: string } | undefined;
  readonly country?: string | undefined;
}

export const placeOrderBody = orderFields.check(...recipientChecks);

const orderPath = z.string().check(z.regex(/^\/orders\/ord_[0-9A-HJKMNP-TV-Z]{26}$/));

export type PlaceOrderBody = z.output<typeof placeOrderBody>;

export const status = z.enum(['placed', 'confirmed', 'completed', 'rejected', 'cancelled', 'on_hold']);
export const fulfillmentStatus = z.enum([
  'unfulfilled',
  'booked',
  'partially_shipped',
  'shipped',
  'partially_delivered',
  'delivered',
  'returned',
  'partially_returned',
]);

export const orderLine = z.object({
  lineId: z.string(),
  sku: z.string(),
  title: z.string(),
  quantity: z.int(),
  unitPriceMinor: z.int(),
  totalMinor: z.int(),
  discountMinor: z.optional(z.int()),
  /** Absent in orders that were placed before tax was divided by line. */
  taxMinor: z.optional(z.int()),
  taxBasisPoints: z.optional(z.int()),
  /** For staff: the price was named by staff. */
  priceNamed: z.optional(z.boolean()),
  /** The units need no stock and no shipping. */
  digital: z.optional(z.boolean()),
  /**
   * For the customer, staff and the warehouse. Absent once the personal data of the order has been erased, and in the
   * answer to a request to dispatch.
   */
  lineNote: z.optional(z.string()),
});

/** What a discount takes off an order. */
export const orderDiscount = z.omit(appliedDiscount, { limited: true });

export const shipmentResource = z.object({
  shipmentId: z.string(),
  status: z.enum(['booked', 'dispatch_requested', 'dispatched', 'delivered', 'cancelled']),
  location: z.string(),
  /** `digital`, as the location, of the shipment that has the digital lines. */
  carrier: z.string(),
  /** Empty where there is no carrier. */
  trackingCode: z.string(),
  lines: z.array(lineQuantity),
  /** For staff: the carrier reported the delivery and the dispatch is not on record yet. Request the dispatch. */
  deliveryReportedAt: z.optional(z.string()),
});

export const rejection = z.object({ code: z.string(), detail: z.string() });

export const missingStock = z.object({ sku: z.string(), units: z.int() });

export const orderHold = z.object({
  reason: z.string(),
  /** For staff: what happened and what to do. For customers: what the order waits for, or that the shop looks into it. */
  detail: z.string(),
  shipmentId: z.optional(z.string()),
  /** The missing units of an order that waits for stock. It resumes by itself when they arrive. */
  waitsFor: z.optional(missingStock),
});

export const orderResource = z.object({
  orderId: z.string(),
  customerId: z.string(),
  status,
  paymentStatus,
  fulfillmentStatus,
  currency: z.string(),
  lines: z.array(orderLine),
  totals,
  /** Whether prices, discounts and shipping have the tax in them. */
  taxIncluded: z.boolean(),
  discounts: z.array(orderDiscount),
  shippingOption: z.optional(z.string()),
  /** For staff: why prices were named. */
  priceReason: z.optional(z.string()),
  /** Absent once the personal data of the order has been erased, and in an order of digital products without one. */
  shippingAddress: z.optional(addressResource),
  contact: z.optional(contactResource),
  shipments: z.array(shipmentResource),
  /** The sums over all payments. */
  payment: orderPayment,
  /** Every authorization, oldest first. */
  payments: z.array(paymentOfOrder),
  /** Why these locations serve the order; for staff, once the stock is reserved. */
  sourcing: z.optional(sourcing),
  allowSplitShipments: z.optional(z.boolean()),
  rejection: z.optional(rejection),
  hold: z.optional(orderHold),
  placedAt: z.string(),
  updatedAt: z.string(),
  version: z.int(),
});

export type OrderResource = z.output<typeof orderResource>;

/** The fields of an order that change after its placement. */
export const orderState = z.pick(orderResource, {
  status: true,
  paymentStatus: true,
  fulfillmentStatus: true,
  rejection: true,
  hold: true,
  updatedAt: true,
  version: true,
});

/** The order as it was when it was placed. */
export const placedOrderResource = z.extend(orderResource, {
  /** Only in the answer to a repeated request: the state of the order now. */
  current: z.optional(orderState),
});

export const summaryTotals = z.object({ totalMinor: z.int() });

export const orderSummary = z.object({
  orderId: z.string(),
  customerId: z.string(),
  status,
  paymentStatus,
  fulfillmentStatus,
  currency: z.string(),
  totals: summaryTotals,
  lineCount: z.int(),
  unitCount: z.int(),
  placedAt: z.string(),
  updatedAt: z.string(),
  version: z.int(),
});

export type OrderSummary = z.output<typeof orderSummary>;

export const orderPage = z.object({ items: z.array(orderSummary), nextCursor: z.optional(z.string()) });

export const orderEvent = z.object({
  eventId: z.string(),
  type: z.string(),
  version: z.int(),
  sequence: z.int(),
  index: z.int(),
  occurredAt: z.string(),
  actor: z.string(),
  data: z.record(z.string(), z.unknown()),
});

export const orderEventList = z.object({ items: z.array(orderEvent) });

export const placeOrder = defineRoute({
  operationId: 'place-order',
  entryPoint: 'orders/place-order',
  method: 'POST',
  path: '/orders',
  access: 'customer',
  summary: 'Place an order. A repeated request with the same key gets the same answer, and the state of the order now.',
  description:
    'The order belongs to the user of the token. `shippingAddress` may be left out when every product is digital; `country` ' +
    'is then required.',
  throttle: { ratePerSecond: 2_000, burst: 4_000 },
  idempotent: true,
  traced: true,
  body: placeOrderBody,
  success: {
    status: 201,
    body: placedOrderResource,
    headers: {
      Location: { description: 'Path of the order.', schema: orderPath, required: true },
      'Idempotent-Replayed': {
        description: 'Only in the answer to a repeated request: `true`.',
        schema: z.literal('true'),
      },
    },
  },
  refusals: [
    'IDEMPOTENCY_KEY_REQUIRED',
    'IDEMPOTENCY_IN_PROGRESS',
    'IDEMPOTENCY_KEY_REUSED',
    ...pricingRefusals,
    'ADDRESS_REQUIRED',
    'BODY_TOO_LARGE',
  ],
});

export const getOrder = defineRoute({
  operationId: 'get-order',
  entryPoint: 'orders/get-order',
  method: 'GET',
  path: '/orders/{orderId}',
  access: 'customer',
  summary:
    'Get an order in its current state, read from its log. The warehouse gets the notes, no address and no contact.',
  description: 'Customers get their own orders; staff and the warehouse get every order.',
  throttle: { ratePerSecond: 2_000, burst: 4_000 },
  success: { status: 200, body: orderResource },
  refusals: ['NOT_FOUND'],
});

export const listOrders = defineRoute({
  operationId: 'list-orders',
  entryPoint: 'orders/list-orders',
  method: 'GET',
  path: '/orders',
  access: 'customer',
  summary: "List orders, newest first: a customer's own orders, or all orders for staff and the warehouse.",
  description: 'Customers list their own orders; staff and the warehouse list all.',
  throttle: { ratePerSecond: 500, burst: 1_000 },
  query: z.strictObject({
    status: optional(status),
    from: optional(instantInQuery),
    to: optional(instantInQuery),
    limit: optional(pageSize),
    cursor: optional(cursor),
  }),
  success: { status: 200, body: orderPage },
  refusals: ['INVALID_CURSOR'],
});

export const listOrderEvents = defineRoute({
  operationId: 'list-order-events',
  entryPoint: 'orders/list-order-events',
  method: 'GET',
  path: '/orders/{orderId}/events',
  access: 'customer',
  summary: 'List the events of an order, oldest first. Customers get no sourcing and no ids of staff or gateways.',
  description: 'Customers list the events of their own orders; staff list those of every order.',
  throttle: { ratePerSecond: 500, burst: 1_000 },
  success: { status: 200, body: orderEventList },
  refusals: ['NOT_FOUND'],
});

export const cancelOrder = defineRoute({
  operationId: 'cancel-order',
  entryPoint: 'orders/cancel-order',
  method: 'POST',
  path: '/orders/{orderId}/cancel',
  access: 'customer',
  summary: 'Request the cancellation of an order. Possible until its first shipment is on its way.',
  description:
    'Customers cancel their own orders; staff cancel every order. One with digital products cannot be cancelled once it is ' +
    'confirmed: they are delivered with that.',
  throttle: { ratePerSecond: 500, burst: 1_000 },
  traced: true,
  success: { status: 202, body: orderResource },
  refusals: ['NOT_FOUND', 'ORDER_NOT_CANCELLABLE'],
});

export const orderRoutes = [placeOrder, getOrder, listOrders, listOrderEvents, cancelOrder] as const;
