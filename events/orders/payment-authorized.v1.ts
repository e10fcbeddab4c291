import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { currencyCode, minorUnits, text } from '../vocabulary.ts';

/** The gateway authorized an amount with the customer's payment method: the order's total, or what is still to be captured. */
export const paymentAuthorized = defineEvent({
  type: 'PaymentAuthorized',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({
    paymentId: text,
    amountMinor: minorUnits,
    currency: currencyCode,
    /** `renewal` replaces an authorization that can be captured no more; absent means `order`. */
    purpose: z.optional(z.enum(['order', 'renewal'])),
    /** The moment after which the gateway lets go of what is not captured. */
    captureBefore: z.optional(text),
    /** False when the payment can be captured once only; absent when it may be captured in parts, or nothing is known. */
    multicapture: z.optional(z.boolean()),
  }),
});

export type PaymentAuthorized = EventOf<typeof paymentAuthorized>;
