import { type CancelledShipment, type CarrierGateway, cancelAll, type PurchaseStore } from '../../shipping/index.ts';
import type { UndoState } from '../domain/saga-state.ts';
import { digitalShipments, shipmentsToCancel } from '../domain/shipments-to-cancel.ts';
import type { UndoFence } from './undo-fence.ts';

/**
 * Closes the order's record of purchases, so that no later run buys a label, and cancels every shipment that may have
 * been bought. A digital shipment is cancelled without the carrier.
 */
export function cancellingStep(deps: {
  readonly passFence: UndoFence;
  readonly purchases: Pick<PurchaseStore, 'close'>;
  readonly gateway: Pick<CarrierGateway, 'cancel'>;
}) {
  return async (state: UndoState): Promise<{ cancelled: CancelledShipment[] }> => {
    const order = await deps.passFence(state);
    if (order === undefined) return { cancelled: [] };
    const decided = await deps.purchases.close(state.orderId);
    const { cancelled } = await cancelAll(deps.gateway, shipmentsToCancel(state, order, decided));
    return { cancelled: [...cancelled, ...digitalShipments(order)] };
  };
}
