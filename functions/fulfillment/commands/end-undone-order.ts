import type { Order, OrderCommands } from '../../orders/index.ts';
import type { Refusal } from '../../shared/kernel/refusal.ts';
import { endUndoneOrder } from '../domain/decide-outcome.ts';
import { sagaOrigin } from '../domain/saga-origin.ts';
import type { UndoState } from '../domain/saga-state.ts';

/** The last step of an undo, in order-saga and in cancellation-saga: ends the order and records what was undone. */
export function undoneOrderEnder(saga: 'order' | 'cancellation', orders: Pick<OrderCommands, 'decide'>) {
  return (state: UndoState): Promise<Order | Refusal<'NOT_FOUND'>> =>
    orders.decide(state.orderId, sagaOrigin(saga, state), (order) => endUndoneOrder(order, state));
}
