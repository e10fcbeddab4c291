import { receivePaymentWebhook } from '../../api/webhooks.ts';
import { ordersIn } from '../orders/index.ts';
import { paymentGateway, readStripeEvent, reportedAuthorizationStore } from '../payments/index.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { logger } from '../shared/logging.ts';
import { secretStore } from '../shared/secret-store.ts';
import { paymentReportHandler } from './commands/handle-payment-report.ts';

const config = readConfig('PAYMENT_ENDPOINT', 'PAYMENT_SECRET_ID', 'ORDERS_TABLE', 'GATEWAY_RECORDS_TABLE');
const secret = secretStore(config.PAYMENT_SECRET_ID);
const handle = paymentReportHandler({
  orders: ordersIn(config.ORDERS_TABLE),
  reportedAuthorizations: reportedAuthorizationStore(config.GATEWAY_RECORDS_TABLE, systemClock),
  gateway: paymentGateway(config, secret),
});

/** Receives the events of the payment gateway. */
export const handler = httpHandler(receivePaymentWebhook, async ({ rawBody, headers, correlationId, traceparent }) => {
  const { webhookSecret } = await secret.read();
  const event = readStripeEvent(rawBody, headers['stripe-signature'] ?? '', webhookSecret, systemClock());
  if (isRefusal(event)) return event;
  const outcome = await handle(event, { actor: 'webhook:payment', correlationId, causationId: event.id, traceparent });
  logger.info('payment event', { eventId: event.id, type: event.type, outcome });
  return { body: { received: true } };
});
