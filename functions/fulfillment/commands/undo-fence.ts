import { isBeingUndone, type Order, type OrderCommands } from '../../orders/index.ts';
import { ConfigurationFault } from '../../shared/kernel/faults.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { permitUndo } from '../domain/decide-outcome.ts';
import { isConfigurationFailure } from '../domain/saga-failure.ts';
import { sagaOrigin } from '../domain/saga-origin.ts';
import type { UndoState } from '../domain/saga-state.ts';

/** Returns the order, with its failure on record, if it may be undone, else undefined. */
export type UndoFence = (state: UndoState) => Promise<Order | undefined>;

/**
 * Records in the order's log that the order fails before anything of it is undone. A second run of the saga that is still
 * going forward meets the record and cannot confirm the order.
 *
 * @throws ConfigurationFault for an order that nothing is wrong with but this deployment's configuration. It is not undone:
 *   the saga puts it on hold for a person.
 */
export function undoFence(orders: Pick<OrderCommands, 'decide'>): UndoFence {
  return async (state) => {
    let permitted = false;
    let isOurFault = false;
    const order = await orders.decide(state.orderId, sagaOrigin('order', state), (current) => {
      isOurFault =
        isConfigurationFailure(state.failure) && current.status === 'placed' && !isBeingUndone(current.undoing);
      if (isOurFault) return [];
      const permission = permitUndo(current, state);
      permitted = permission.undo;
      return permission.undo ? permission.events : [];
    });
    if (isOurFault) throw new ConfigurationFault(`order ${state.orderId} waits until the configuration is mended`);
    return permitted && !isRefusal(order) ? order : undefined;
  };
}
