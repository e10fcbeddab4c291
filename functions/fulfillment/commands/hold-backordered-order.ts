import type { Order, OrderCommands } from '../../orders/index.ts';
import { isRefusal, type Refusal } from '../../shared/kernel/refusal.ts';
import { holdBackordered, resumeBackordered, type Waiting } from '../domain/decide-backorder.ts';
import { sagaOrigin } from '../domain/saga-origin.ts';
import type { OrderSagaState } from '../domain/saga-state.ts';

/**
 * Puts an order that waits in the backorder queue on hold. Stock may arrive before OrderHeld is committed, when there is no
 * hold to end yet, so the queue is read again afterwards.
 */
export function backorderHolder(deps: {
  readonly orders: Pick<OrderCommands, 'decide'>;
  readonly queue: { find(orderId: string): Promise<Waiting | undefined> };
}) {
  const { orders, queue } = deps;
  return async (state: OrderSagaState): Promise<Order | Refusal> => {
    const { orderId, version } = state;
    const origin = sagaOrigin('order', state);
    const waiting = await queue.find(orderId);
    const held = await orders.decide(orderId, origin, (order) => holdBackordered(order, version, waiting));
    if (isRefusal(held) || held.status !== 'on_hold') return held;
    const afterHold = await queue.find(orderId);
    return afterHold?.state === 'waiting' ? held : orders.decide(orderId, origin, resumeBackordered, held);
  };
}
