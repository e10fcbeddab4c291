import { leaveQueue, releaseReservation, returnDebits } from '../../inventory/index.ts';
import { compactParts, isCompact } from '../domain/compact-state.ts';
import type { WithDiscounts } from '../domain/limited-discounts.ts';
import type { UndoState } from '../domain/saga-state.ts';
import type { UndoFence } from './undo-fence.ts';

/**
 * The step that returns the units of an order to stock, removes it from the backorder queues and releases the uses of its
 * discounts. A large order that has no
 * reservation may have debits of an attempt that was interrupted; they are returned, too.
 */
export function releasingStep(deps: {
  readonly passFence: UndoFence;
  readonly reservations: Parameters<typeof releaseReservation>[2];
  readonly debits: Parameters<typeof returnDebits>[2];
  readonly backorders: Parameters<typeof leaveQueue>[1];
  /** Releases the uses of the order's discounts. */
  readonly releaseDiscounts: (orderId: string, order: WithDiscounts) => Promise<void>;
}) {
  return async (state: UndoState) => {
    const { orderId } = state;
    const order = await deps.passFence(state);
    if (order === undefined) return { released: [] };
    // An order that is being undone has no dispatched shipment. Units that a late dispatch committed are released too.
    const { released } = await releaseReservation(orderId, 'everything', deps.reservations);
    if (released.length === 0 && isCompact(order.lines)) {
      const skus = order.lines.map(({ sku }) => sku);
      await returnDebits(orderId, skus, deps.debits);
    }
    // Only after the release, which leaves a closed reservation, so that the order can neither join a queue again nor be
    // filled.
    await leaveQueue(orderId, deps.backorders);
    await deps.releaseDiscounts(orderId, order);
    return { released: compactParts(released, state.order?.lines) };
  };
}
