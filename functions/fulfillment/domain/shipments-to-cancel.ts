import type { CancellationRequest, OffersByShipment } from '../../shipping/index.ts';
import type { UndoState } from './saga-state.ts';

/**
 * The shipments to give back: what the saga or the order's log knows, and what was to be bought and may have been without
 * anybody hearing of it. Each once.
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
