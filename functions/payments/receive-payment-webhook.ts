import { receivePaymentWebhook } from '../../api/webhooks.ts';
import { dynamoOrderLog } from '../orders/adapters/dynamodb-order-log.ts';
import { orderCommands } from '../orders/adapters/order-commands.ts';
import { dynamo } from '../shared/aws/clients.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { logger } from '../shared/logging.ts';
import { secretStore } from '../shared/secret-store.ts';
import { authorizationWatch } from './adapters/authorization-watch.ts';
import { sightingStore } from './adapters/dynamodb-sighting-store.ts';
import { paymentGateway } from './adapters/payment-gateway.ts';
import { readStripeEvent } from './adapters/stripe-event.ts';

const config = readConfig('PAYMENT_ENDPOINT', 'PAYMENT_SECRET_ID', 'ORDERS_TABLE', 'IDEMPOTENCY_TABLE');
const secret = secretStore(config.PAYMENT_SECRET_ID);
const watch = authorizationWatch({
  orders: orderCommands(dynamoOrderLog(dynamo(), config.ORDERS_TABLE), systemClock),
  sightings: sightingStore(config.IDEMPOTENCY_TABLE, systemClock),
  gateway: paymentGateway(config, secret),
});

/** Takes in what the payment gateway reports. */
export const handler = httpHandler(receivePaymentWebhook, async ({ rawBody, headers }) => {
  const { webhookSecret } = await secret.read();
  const event = readStripeEvent(rawBody, headers['stripe-signature'] ?? '', webhookSecret, systemClock());
  if (isRefusal(event)) return event;
  const outcome = await watch(event);
  logger.info('payment event', { eventId: event.id, type: event.type, outcome });
  return { body: { received: true } };
});
