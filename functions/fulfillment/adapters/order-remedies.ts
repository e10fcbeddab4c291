import { dynamodbQueue, dynamodbReservationChanges, expireHold } from '../../inventory/index.ts';
import { ordersIn } from '../../orders/index.ts';
import { backorderResumer } from '../commands/resume-backordered-order.ts';
import type { Remedies } from '../commands/resume-unfinished-order.ts';
import type { SagaName } from '../domain/resumption.ts';
import { startExecution } from './saga-starter.ts';

/** The remedies for unfinished orders, in these tables and state machines. */
export function orderRemedies(
  tables: { readonly orders: string; readonly inventory: string },
  stateMachines: Readonly<Record<SagaName, string>>,
): Remedies {
  const reservations = dynamodbReservationChanges(tables.inventory);
  const { queue } = dynamodbQueue(tables.inventory);
  const resume = backorderResumer({ orders: ordersIn(tables.orders), queue });
  return {
    start: (saga, name, input) => startExecution(stateMachines[saga], name, input),
    expireHold: (orderId, now) => expireHold(orderId, now, reservations),
    resumeFilled: (orderId) => resume({ orderId }),
  };
}
