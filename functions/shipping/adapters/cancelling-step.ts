import type { UndoFence } from '../../orders/adapters/undo-fence.ts';
import type { UndoState } from '../../shared/saga-state.ts';
import type { CancelledShipment, CarrierGateway } from '../domain/carrier-gateway.ts';
import type { PurchaseStore } from '../domain/purchases.ts';
import { cancelAll, shipmentsToCancel } from '../domain/undo-shipments.ts';

/**
 * The step that cancels an order's shipments, if the order's log permits that. Afterwards no label can be bought for the
 * order.
 */
export function cancellingStep(deps: {
  readonly passFence: UndoFence;
  readonly purchases: Pick<PurchaseStore, 'close'>;
  readonly gateway: Pick<CarrierGateway, 'cancel'>;
}) {
  return async (state: UndoState): Promise<{ cancelled: CancelledShipment[] }> => {
    const failing = await deps.passFence(state);
    if (failing === undefined) return { cancelled: [] };
    const decided = await deps.purchases.close(state.orderId);
    return cancelAll(deps.gateway, shipmentsToCancel(state, failing, decided));
  };
}
