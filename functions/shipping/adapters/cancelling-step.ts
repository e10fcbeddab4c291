import type { OrderCommands } from '../../orders/adapters/order-commands.ts';
import type { UndoFence } from '../../orders/adapters/undo-fence.ts';
import type { UndoState } from '../../shared/saga-state.ts';
import type { Allocation } from '../domain/booking.ts';
import type { CancelledShipment, CarrierGateway } from '../domain/carrier-gateway.ts';
import { cancelAll, shipmentsToCancel, shipmentsToLookFor, surplusShipments } from '../domain/undo-shipments.ts';

/** Gives an order's labels back, once its log permits that; of an order that stands, those that are not on its log. */
export function cancellingStep(deps: {
  readonly passFence: UndoFence;
  readonly orders: Pick<OrderCommands, 'load'>;
  /** Where stock is or was held for an order. An earlier run of its saga may have booked there, and nobody heard of it. */
  readonly allocations: (orderId: string) => Promise<readonly Allocation[]>;
  readonly gateway: Pick<CarrierGateway, 'cancel'>;
}) {
  return async (state: UndoState): Promise<{ cancelled: CancelledShipment[] }> => {
    const { orderId, stock } = state;
    const failing = await deps.passFence(state);
    if (failing !== undefined) {
      const known = shipmentsToCancel(state, failing);
      if (known.length > 0) return cancelAll(deps.gateway, known);
      const allocations = stock?.allocations ?? (await deps.allocations(orderId));
      return cancelAll(deps.gateway, shipmentsToLookFor(orderId, allocations));
    }
    const standing = await deps.orders.load(orderId);
    return standing === undefined ? { cancelled: [] } : cancelAll(deps.gateway, surplusShipments(state, standing));
  };
}
