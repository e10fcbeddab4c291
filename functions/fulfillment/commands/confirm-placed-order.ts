import { type Order, type OrderCommands, shippedLines } from '../../orders/index.ts';
import { isRefusal, type Refusal } from '../../shared/kernel/refusal.ts';
import { confirmOrder } from '../domain/decide-outcome.ts';
import { mayBeQueued } from '../domain/held-before.ts';
import { orderAsPlaced } from '../domain/saga-input.ts';
import { sagaOrigin } from '../domain/saga-origin.ts';
import type { OrderSagaState } from '../domain/saga-state.ts';
import type { QueueRecords } from './queue-records.ts';

/**
 * Makes the hold on the stock permanent, if the order has lines that are shipped; that is refused after its expiry. Then commits
 * OrderConfirmed. The run that
 * put the order into a backorder queue may have been lost before it recorded the wait; the record that it left is deleted
 * when the order is confirmed, because that run needs it until then.
 */
export function orderConfirmer(deps: {
  readonly orders: Pick<OrderCommands, 'decide'>;
  readonly queue: QueueRecords;
  confirmHold(orderId: string): Promise<object | Refusal>;
}) {
  const { orders, queue, confirmHold } = deps;
  return async (state: OrderSagaState): Promise<Order | Refusal> => {
    const { orderId } = state;
    const hold = shippedLines(state.order.lines).length === 0 ? {} : await confirmHold(orderId);
    if (isRefusal(hold)) return hold;
    const decide = (current: Order) => confirmOrder(current, state);
    const order = await orders.decide(orderId, sagaOrigin('order', state), decide, orderAsPlaced(state));
    const queued = !isRefusal(order) && mayBeQueued(state.stock) ? await queue.find(orderId) : undefined;
    if (queued?.state === 'filled') await queue.forget(queued);
    return order;
  };
}
