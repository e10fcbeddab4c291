import * as z from 'zod/mini';
import { defineRoute } from './define-route.ts';

const received = z.object({ received: z.boolean() });

export const receivePaymentWebhook = defineRoute({
  operationId: 'receive-payment-webhook',
  entryPoint: 'fulfillment/receive-payment-webhook',
  method: 'POST',
  path: '/webhooks/payment',
  access: 'signed',
  summary: 'Receive an event of the payment gateway. Signed with Stripe-Signature.',
  throttle: { ratePerSecond: 500, burst: 1_000 },
  success: { status: 200, body: received },
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
  success: { status: 200, body: received },
  refusals: ['SIGNATURE_INVALID'],
});

export const webhookRoutes = [receivePaymentWebhook, receiveCarrierWebhook] as const;
