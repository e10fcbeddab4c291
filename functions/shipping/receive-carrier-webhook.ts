import { receiveCarrierWebhook as route } from '../../api/webhooks.ts';
import { dynamoOrderLog } from '../orders/adapters/dynamodb-order-log.ts';
import { deliveryRecorder, orderCommands } from '../orders/adapters/order-commands.ts';
import { dynamo } from '../shared/aws/clients.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { logger } from '../shared/logging.ts';
import { secretStore } from '../shared/secret-store.ts';
import { carrierGateway } from './adapters/carrier-gateway.ts';
import { deliveryWatch } from './adapters/delivery-watch.ts';
import { deliveryIn, readEasypostEvent } from './adapters/easypost-event.ts';

const config = readConfig('CARRIER_ENDPOINT', 'CARRIER_SECRET_ID', 'ORDERS_TABLE');
const secret = secretStore(config.CARRIER_SECRET_ID);
const watch = deliveryWatch({
  gateway: carrierGateway(config, secret),
  recordDelivery: deliveryRecorder(orderCommands(dynamoOrderLog(dynamo(), config.ORDERS_TABLE), systemClock)),
});

/** Takes in what the carrier gateway reports. */
export const handler = httpHandler(route, async ({ rawBody, headers, correlationId, traceparent }) => {
  const { webhookSecret } = await secret.read();
  const event = readEasypostEvent(rawBody, headers, route.path, webhookSecret, systemClock());
  if (isRefusal(event)) return event;
  const delivery = deliveryIn(event, systemClock());
  const origin = { actor: 'webhook:carrier', correlationId, causationId: event.id, traceparent };
  const effect = delivery === undefined ? { outcome: 'ignored' } : await watch(delivery, origin);
  logger.info('carrier event', { eventId: event.id, description: event.description, ...effect });
  return { body: { received: true } };
});
