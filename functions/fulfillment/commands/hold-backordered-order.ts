import type { Order, OrderCommands } from '../../orders/index.ts';
import { isRefusal, type Refusal } from '../../shared/kernel/refusal.ts';
import { holdBackordered, isAboutToWait, resumeBackordered, waitElsewhere } from '../domain/decide-backorder.ts';
import { sagaOrigin } from '../domain/saga-origin.ts';
import type { OrderSagaState } from '../domain/saga-state.ts';
import type { QueueRecords } from './queue-records.ts';

/**
 * Puts an order that waits in the backorder queue on hold. The order may leave its queue or move to another one before
 * OrderHeld is committed, when there is no hold to change yet, so the queue is read again afterwards. The record of an
 * order that has left is deleted once the order is resumed.
 */
export function backorderHolder(deps: {
  readonly orders: Pick<OrderCommands, 'decide'>;
  readonly queue: QueueRecords;
}) {
  const { orders, queue } = deps;
  return async (state: OrderSagaState): Promise<Order | Refusal> => {
    const { orderId, version } = state;
    const origin = sagaOrigin('order', state);
    const waiting = await queue.find(orderId);
    const held = await orders.decide(orderId, origin, (order) => holdBackordered(order, version, waiting));
    if (isRefusal(held)) return held;
    const now = held.status === 'on_hold' ? await queue.find(orderId) : waiting;
    if (now?.state === 'waiting') return orders.decide(orderId, origin, (order) => waitElsewhere(order, now), held);
    const resumed = await orders.decide(orderId, origin, resumeBackordered, held);
    // A late run must not delete the record of the run that is about to record the wait.
    const isDone = now !== undefined && !isRefusal(resumed) && !isAboutToWait(resumed, now.orderVersion);
    if (isDone) await queue.forget(now);
    return resumed;
  };
}
