import type { UndoFence } from '../../orders/adapters/undo-fence.ts';
import type { UndoState } from '../../shared/saga-state.ts';
import type { CancelledShipment, CarrierGateway } from '../domain/carrier-gateway.ts';
import { cancelAll, shipmentsToCancel } from '../domain/undo-shipments.ts';

/** Gives an order's labels back, once its log permits that. */
export function cancellingStep(deps: {
  readonly passFence: UndoFence;
  readonly gateway: Pick<CarrierGateway, 'cancel'>;
}) {
  return async (state: UndoState): Promise<{ cancelled: CancelledShipment[] }> => {
    const order = await deps.passFence(state);
    if (order === undefined) return { cancelled: [] };
    return cancelAll(deps.gateway, shipmentsToCancel(state, order));
  };
}
