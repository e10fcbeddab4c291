import * as z from 'zod/mini';
import { defineRoute } from './define-route.ts';

export const webhookReceipt = z.object({ received: z.boolean() });

/** An event of Stripe, as far as it is used. Events of every kind are accepted, also with other or no fields. */
export const paymentEvent = z.looseObject({
  id: z.optional(z.string()),
  type: z.optional(z.string()),
  data: z.optional(z.looseObject({ object: z.optional(z.looseObject({ id: z.optional(z.string()) })) })),
});

/** An event of EasyPost, as far as it is used. Events of every kind are accepted, also with other or no fields. */
export const carrierEvent = z.looseObject({
  id: z.optional(z.string()),
  description: z.optional(z.string()),
  /** The object of the event. Its fields differ from kind to kind. */
  result: z.optional(z.looseObject({ object: z.optional(z.string()) })),
});

const hmac = z.string().check(z.regex(/^hmac-sha256-hex=[0-9a-f]{64}$/));

export const receivePaymentWebhook = defineRoute({
  operationId: 'receive-payment-webhook',
  entryPoint: 'fulfillment/receive-payment-webhook',
  method: 'POST',
  path: '/webhooks/payment',
  access: 'signed',
  summary: 'Receive an event of the payment gateway. Signed with Stripe-Signature.',
  throttle: { ratePerSecond: 500, burst: 1_000 },
  traced: true,
  signedBody: paymentEvent,
  headers: {
    'Stripe-Signature': {
      description:
        'Time in seconds and HMAC-SHA256 of it and the raw body: `t=1764000000,v1=<hex>`. Valid for five minutes.',
      schema: z.string().check(z.regex(/(^|,) *t=[1-9][0-9]*( *,|$)/)),
      required: true,
    },
  },
  success: { status: 200, body: webhookReceipt },
  refusals: ['SIGNATURE_INVALID'],
});

export const receiveCarrierWebhook = defineRoute({
  operationId: 'receive-carrier-webhook',
  entryPoint: 'fulfillment/receive-carrier-webhook',
  method: 'POST',
  path: '/webhooks/carrier',
  access: 'signed',
  summary: 'Receive an event of the carrier gateway. Signed with X-Hmac-Signature-V2 or X-Hmac-Signature.',
  throttle: { ratePerSecond: 500, burst: 1_000 },
  traced: true,
  signedBody: carrierEvent,
  headers: {
    'X-Hmac-Signature-V2': {
      description:
        'HMAC-SHA256 of `X-Timestamp`, the method, `X-Path` and the raw body, concatenated. Valid for five minutes.',
      schema: hmac,
    },
    'X-Timestamp': {
      description: 'Time of the signature by RFC 2822. Required with `X-Hmac-Signature-V2`.',
      schema: z.string().check(z.maxLength(64)),
    },
    'X-Path': {
      description: 'Path of the request. Required with `X-Hmac-Signature-V2`.',
      schema: z.string().check(z.regex(/\/webhooks\/carrier$/)),
    },
    'X-Hmac-Signature': {
      description: 'HMAC-SHA256 of the raw body alone. Accepted only in a request without `X-Hmac-Signature-V2`.',
      schema: hmac,
    },
  },
  success: { status: 200, body: webhookReceipt },
  refusals: ['SIGNATURE_INVALID'],
});

export const webhookRoutes = [receivePaymentWebhook, receiveCarrierWebhook] as const;
