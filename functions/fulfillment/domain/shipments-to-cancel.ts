import type { CancellationRequest, OffersByShipment } from '../../shipping/index.ts';
import type { UndoState } from './saga-state.ts';

/**
 * The shipments to cancel, each once: those in the saga's state, those in the order's log, and those whose purchase was
 * recorded. The label of the latter may have been bought although the answer was lost.
 */
export function shipmentsToCancel(
  { shipments = [] }: Pick<UndoState, 'shipments'>,
  order: { readonly shipments: readonly CancellationRequest[] },
  decided: OffersByShipment,
): CancellationRequest[] {
  const mayBeBought = [...decided].map(([shipmentId, { carrierShipmentId }]) => ({ shipmentId, carrierShipmentId }));
  const requests = [...shipments, ...order.shipments, ...mayBeBought].map(
    ({ shipmentId, carrierShipmentId }): [string, CancellationRequest] => [
      carrierShipmentId,
      { shipmentId, carrierShipmentId },
    ],
  );
  return [...new Map(requests).values()];
}
