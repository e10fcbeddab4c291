import * as z from 'zod/mini';

export const paymentStatus = z.enum([
  'none',
  'action_required',
  'authorized',
  'partially_captured',
  'captured',
  'partially_refunded',
  'refunded',
  'voided',
  'declined',
]);
export const orderPayment = z.object({
  authorizedMinor: z.int(),
  capturedMinor: z.int(),
  refundedMinor: z.int(),
  /** The customer must confirm the payment by then; only with the payment status `action_required`. */
  actionBefore: z.optional(z.string()),
  /** For the order's customer: the secret with which the client of the payment gateway confirms the payment. */
  clientSecret: z.optional(z.string()),
  /** For the order's customer: the page on which the bank asks for the confirmation; only for an order with `returnUrl`. */
  redirectUrl: z.optional(z.string()),
});

/** One authorization of an order and what became of it, in minor units of the order's currency. */
export const paymentOfOrder = z.object({
  /** For staff: the gateway's id of the payment. */
  paymentId: z.optional(z.string()),
  /** `renewal`: authorized for what an earlier authorization could not be captured for any more. */
  purpose: z.enum(['order', 'renewal']),
  authorizedMinor: z.int(),
  capturedMinor: z.int(),
  /** What was authorized and let go of, uncaptured. */
  releasedMinor: z.int(),
  refundedMinor: z.int(),
  voided: z.boolean(),
  /** What is not captured by then is let go of. */
  captureBefore: z.optional(z.string()),
});

/** The longest address of a page that is accepted. */
const maxUrlLength = 300;
const returnUrlPattern =
  /^(https:\/\/[A-Za-z0-9.-]+|http:\/\/(localhost|127\.0\.0\.1))(:\d{1,5})?(\/[A-Za-z0-9._~%!$&'()*+,;=:@/-]*)?$/;
export const returnUrl = z
  .string()
  .check(
    z.maxLength(maxUrlLength),
    z.regex(returnUrlPattern, 'https://, or http://localhost, and a path; no query and no fragment'),
  );
