import { receivePaymentWebhook } from '../../api/webhooks.ts';
import { ordersIn } from '../orders/index.ts';
import { paymentGateway, readStripeEvent, sightingStore } from '../payments/index.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { logger } from '../shared/logging.ts';
import { secretStore } from '../shared/secret-store.ts';
import { authorizationWatch } from './commands/void-orphaned-authorization.ts';

const config = readConfig('PAYMENT_ENDPOINT', 'PAYMENT_SECRET_ID', 'ORDERS_TABLE', 'IDEMPOTENCY_TABLE');
const secret = secretStore(config.PAYMENT_SECRET_ID);
const watch = authorizationWatch({
  orders: ordersIn(config.ORDERS_TABLE),
  sightings: sightingStore(config.IDEMPOTENCY_TABLE, systemClock),
  gateway: paymentGateway(config, secret),
});

/**
 * Receives the payment gateway's webhooks: verifies the signature and voids an authorization that belongs to no order.
 */
export const handler = httpHandler(receivePaymentWebhook, async ({ rawBody, headers }) => {
  const { webhookSecret } = await secret.read();
  const event = readStripeEvent(rawBody, headers['stripe-signature'] ?? '', webhookSecret, systemClock());
  if (isRefusal(event)) return event;
  const outcome = await watch(event);
  logger.info('payment event', { eventId: event.id, type: event.type, outcome });
  return { body: { received: true } };
});
