import type { CancelledShipment, CarrierGateway } from '../../shipping/commands/carrier-gateway.ts';
import type { PurchaseStore } from '../../shipping/commands/purchase-store.ts';
import { cancelAll, shipmentsToCancel } from '../../shipping/domain/undo-shipments.ts';
import type { UndoState } from '../domain/saga-state.ts';
import type { UndoFence } from './undo-fence.ts';

/** Gives an order's labels back, once its log permits that, and lets none be bought any more. */
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
