import { dynamo } from '../shared/aws/clients.ts';
import { readConfig } from '../shared/config.ts';
import { sweepEach } from '../shared/kernel/sweep.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { countMetric } from '../shared/metric.ts';
import { reportSweep } from '../shared/report-sweep.ts';
import { dynamoOrderLog } from './adapters/dynamodb-order-log.ts';
import { orderLists } from './adapters/order-lists.ts';
import { orderResumer } from './adapters/order-resumer.ts';
import { sagaStarter } from './adapters/saga-starter.ts';
import { stalledOrders } from './adapters/stalled-orders.ts';
import { stalledBefore } from './domain/resume-order.ts';

const config = readConfig('ORDERS_TABLE', 'ORDER_VIEWS_TABLE', 'ORDER_SAGA_ARN', 'HOLD_SECONDS', 'STAGE');
const stalled = stalledOrders(orderLists(config.ORDER_VIEWS_TABLE));
const resume = orderResumer(dynamoOrderLog(dynamo(), config.ORDERS_TABLE), sagaStarter(config.ORDER_SAGA_ARN));

/** An order whose execution was lost would stay `placed` for ever: nothing inside a saga restarts it. */
export const handler = async (): Promise<void> => {
  const now = systemClock();
  const orders = stalled('placed', stalledBefore(now, config.HOLD_SECONDS));
  const sweep = await sweepEach(orders, (orderId) => resume(orderId, now, config.HOLD_SECONDS));
  countMetric(config.STAGE, 'PlacedOrderStalled', sweep.doneCount);
  reportSweep('stalled orders resumed', sweep);
};
