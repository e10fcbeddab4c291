import { orderResumed } from '../../events/orders/order-resumed.v1.ts';
import { dynamoOrderLog } from '../orders/index.ts';
import { dynamo } from '../shared/aws/clients.ts';
import { readConfig } from '../shared/config.ts';
import { eventConsumer } from '../shared/event-consumer.ts';
import { sagaStarter } from './adapters/saga-starter.ts';
import { resumedSagaInput } from './domain/saga-input.ts';

const config = readConfig('ORDERS_TABLE', 'ORDER_SAGA_ARN');
const log = dynamoOrderLog(dynamo(), config.ORDERS_TABLE);
const start = sagaStarter(config.ORDER_SAGA_ARN);

/**
 * Starts order-saga for an order whose stock arrived. The execution's name contains the sequence, which tells it from
 * the first execution.
 */
export const handler = eventConsumer(orderResumed, async (event) => {
  const first = await log.first(event.orderId);
  await start(`${event.orderId}-${event.sequence}`, resumedSagaInput(event, first));
});
