import type { CancellationRequest, OffersByShipment } from '../../shipping/index.ts';
import type { UndoState } from './saga-state.ts';

/**
 * The shipments to cancel: those in the saga's state, those in the order's log, and those whose purchase was decided and
 * whose answer may have been lost. Each occurs once.
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
