import { dynamoDueOrders, dynamoOrderLog } from '../orders/index.ts';
import { dynamo } from '../shared/aws/clients.ts';
import { readConfig } from '../shared/config.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { countMetric } from '../shared/metric.ts';
import { reportSweep } from '../shared/report-sweep.ts';
import { orderRemedies } from './adapters/order-remedies.ts';
import { resumeUnfinished, unfinishedOrderResumer } from './commands/resume-unfinished-order.ts';

const tables = readConfig('ORDERS_TABLE', 'ORDER_VIEWS_TABLE', 'INVENTORY_TABLE');
const sagas = readConfig('ORDER_SAGA_ARN', 'DISPATCH_SAGA_ARN', 'CANCELLATION_SAGA_ARN');
const { STAGE: stage, CELL: cell, HOLD_SECONDS: holdSeconds } = readConfig('STAGE', 'CELL', 'HOLD_SECONDS');
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
  const { sweep, repeatedCount } = await resumeUnfinished(resume, { due, clock: systemClock, seconds: runSeconds });
  countMetric({ stage, cell }, 'UnfinishedOrders', repeatedCount);
  reportSweep('unfinished orders resumed', sweep);
};
