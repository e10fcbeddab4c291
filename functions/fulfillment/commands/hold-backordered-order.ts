import type { Order, OrderCommands } from '../../orders/index.ts';
import { isRefusal, type Refusal } from '../../shared/kernel/refusal.ts';
import { holdBackordered, resumeBackordered, type Waiting } from '../domain/decide-backorder.ts';
import { sagaOrigin } from '../domain/saga-origin.ts';
import type { OrderSagaState } from '../domain/saga-state.ts';

/**
 * Puts an order on hold that waits in the backorder queue. Stock that arrives before OrderHeld is committed finds no order
 * on hold, so the queue is checked again afterwards.
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
    const still = await queue.find(orderId);
    return still?.state === 'waiting' ? held : orders.decide(orderId, origin, resumeBackordered, held);
  };
}
