import { dynamoOrderLog, orderLists, stalledOrders } from '../orders/index.ts';
import { dynamo } from '../shared/aws/clients.ts';
import { readConfig } from '../shared/config.ts';
import { sweepEach } from '../shared/kernel/sweep.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { countMetric } from '../shared/metric.ts';
import { reportSweep } from '../shared/report-sweep.ts';
import { sagaStarter } from './adapters/saga-starter.ts';
import { stalledOrderResumer } from './commands/resume-stalled-order.ts';
import { stalledBefore } from './domain/stalled-order.ts';

const config = readConfig('ORDERS_TABLE', 'ORDER_VIEWS_TABLE', 'ORDER_SAGA_ARN', 'HOLD_SECONDS', 'STAGE');
const stalled = stalledOrders(orderLists(config.ORDER_VIEWS_TABLE));
const resume = stalledOrderResumer(dynamoOrderLog(dynamo(), config.ORDERS_TABLE), sagaStarter(config.ORDER_SAGA_ARN));

/**
 * Restarts order-saga for orders that are still `placed` after the time in which every execution ends: their execution
 * was lost.
 */
export const handler = async (): Promise<void> => {
  const now = systemClock();
  const orders = stalled('placed', stalledBefore(now, config.HOLD_SECONDS));
  const sweep = await sweepEach(orders, (orderId) => resume(orderId, now, config.HOLD_SECONDS));
  countMetric(config.STAGE, 'PlacedOrderStalled', sweep.doneCount);
  reportSweep('stalled orders resumed', sweep);
};
