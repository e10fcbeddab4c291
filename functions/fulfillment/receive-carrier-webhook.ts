import { receiveCarrierWebhook as route } from '../../api/webhooks.ts';
import { ordersIn } from '../orders/index.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { logger } from '../shared/logging.ts';
import { secretStore } from '../shared/secret-store.ts';
import { carrierGateway, deliveryIn, readEasypostEvent } from '../shipping/index.ts';
import { deliveryRecorder } from './commands/record-delivery.ts';

const config = readConfig('CARRIER_ENDPOINT', 'CARRIER_SECRET_ID', 'ORDERS_TABLE');
const secret = secretStore(config.CARRIER_SECRET_ID);
const recordDelivery = deliveryRecorder({
  gateway: carrierGateway(config, secret),
  orders: ordersIn(config.ORDERS_TABLE),
});

/** Receives the events of the carrier gateway. */
export const handler = httpHandler(route, async ({ rawBody, headers, correlationId, traceparent }) => {
  const { webhookSecret } = await secret.read();
  const event = readEasypostEvent(rawBody, headers, route.path, webhookSecret, systemClock());
  if (isRefusal(event)) return event;
  const delivery = deliveryIn(event, systemClock());
  const origin = { actor: 'webhook:carrier', correlationId, causationId: event.id, traceparent };
  const effect = delivery === undefined ? { outcome: 'ignored' } : await recordDelivery(delivery, origin);
  logger.info('carrier event', { eventId: event.id, description: event.description, ...effect });
  return { body: { received: true } };
});
