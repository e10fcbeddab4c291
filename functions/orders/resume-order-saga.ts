import { orderResumed } from '../../events/orders/order-resumed.v1.ts';
import { dynamo } from '../shared/aws/clients.ts';
import { readConfig } from '../shared/config.ts';
import { eventConsumer } from '../shared/event-consumer.ts';
import { dynamoOrderLog } from './adapters/dynamodb-order-log.ts';
import { sagaStarter } from './adapters/saga-starter.ts';
import { resumedSagaInput } from './domain/saga-input.ts';

const config = readConfig('ORDERS_TABLE', 'ORDER_SAGA_ARN');
const log = dynamoOrderLog(dynamo(), config.ORDERS_TABLE);
const start = sagaStarter(config.ORDER_SAGA_ARN);

/** An order that goes on after it waited is another execution: the version tells it from the first one. */
export const handler = eventConsumer(orderResumed, async (event) => {
  const first = await log.first(event.orderId);
  await start(`${event.orderId}-${event.sequence}`, resumedSagaInput(event, first));
});
