import { dueOrders, dynamoDueOrders, dynamoOrderLog } from '../orders/index.ts';
import { dynamo } from '../shared/aws/clients.ts';
import { readConfig } from '../shared/config.ts';
import { sweepEach } from '../shared/kernel/sweep.ts';
import { addSeconds, systemClock } from '../shared/kernel/time.ts';
import { countMetric } from '../shared/metric.ts';
import { reportSweep } from '../shared/report-sweep.ts';
import { orderRemedies } from './adapters/order-remedies.ts';
import { unfinishedOrderResumer } from './commands/resume-unfinished-order.ts';

const tables = readConfig('ORDERS_TABLE', 'ORDER_VIEWS_TABLE', 'INVENTORY_TABLE');
const sagas = readConfig('ORDER_SAGA_ARN', 'DISPATCH_SAGA_ARN', 'CANCELLATION_SAGA_ARN');
const { STAGE, HOLD_SECONDS: holdSeconds } = readConfig('STAGE', 'HOLD_SECONDS');
/** A run begins no further page after it, and ends before its time limit and about when the next one starts. */
const runSeconds = 40;

const due = dynamoDueOrders(tables.ORDER_VIEWS_TABLE);
const remedies = orderRemedies(
  { orders: tables.ORDERS_TABLE, inventory: tables.INVENTORY_TABLE },
  { order: sagas.ORDER_SAGA_ARN, dispatch: sagas.DISPATCH_SAGA_ARN, cancellation: sagas.CANCELLATION_SAGA_ARN },
);
const log = dynamoOrderLog(dynamo(), tables.ORDERS_TABLE);
const resume = unfinishedOrderResumer({ log, due, remedies, clock: systemClock, holdSeconds });

/** Continues the orders that should have gone on by themselves: their execution, or the notice of an event, was lost. */
export const handler = async (): Promise<void> => {
  const now = systemClock();
  let repeatedCount = 0;
  const sweep = await sweepEach(
    dueOrders(due, now, () => systemClock() >= addSeconds(now, runSeconds)),
    async (dueKey) => {
      const outcome = await resume(dueKey);
      if (outcome === 'helped_again') repeatedCount += 1;
      return outcome !== 'nothing';
    },
  );
  countMetric(STAGE, 'UnfinishedOrders', repeatedCount);
  reportSweep('unfinished orders resumed', sweep);
};
