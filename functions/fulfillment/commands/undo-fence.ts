import type { Order, OrderCommands } from '../../orders/index.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { permitUndo } from '../domain/decide-outcome.ts';
import { sagaOrigin } from '../domain/saga-origin.ts';
import type { UndoState } from '../domain/saga-state.ts';

/** Returns the order, with its failure on record, if it may be undone, else undefined. */
export type UndoFence = (state: UndoState) => Promise<Order | undefined>;

/**
 * Records in the order's log that the order fails before anything of it is undone. A second run of the saga that is still
 * going forward meets the record and cannot confirm the order.
 */
export function undoFence(orders: Pick<OrderCommands, 'decide'>): UndoFence {
  return async (state) => {
    let permitted = false;
    const order = await orders.decide(state.orderId, sagaOrigin('order', state), (current) => {
      const permission = permitUndo(current, state);
      permitted = permission.undo;
      return permission.undo ? permission.events : [];
    });
    return permitted && !isRefusal(order) ? order : undefined;
  };
}
