import { paymentActionEnded } from '../../events/orders/payment-action-ended.v1.ts';
import { dynamoOrderLog } from '../orders/index.ts';
import { dynamo } from '../shared/aws/clients.ts';
import { readConfig } from '../shared/config.ts';
import { eventConsumer } from '../shared/event-consumer.ts';
import { sagaStarter } from './adapters/saga-starter.ts';
import { awaitedOrderContinuer } from './commands/continue-awaited-order.ts';

const config = readConfig('ORDERS_TABLE', 'ORDER_SAGA_ARN', 'CANCELLATION_SAGA_ARN');
const starters = { order: sagaStarter(config.ORDER_SAGA_ARN), cancellation: sagaStarter(config.CANCELLATION_SAGA_ARN) };

/** Starts the saga of an order whose wait for its customer's confirmation of the payment has ended. */
export const handler = eventConsumer(
  paymentActionEnded,
  awaitedOrderContinuer({
    log: dynamoOrderLog(dynamo(), config.ORDERS_TABLE),
    start: (saga, name, input) => starters[saga](name, input),
  }),
);
