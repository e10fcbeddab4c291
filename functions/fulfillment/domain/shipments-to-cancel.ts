import type { Order } from '../../orders/index.ts';
import type { CancellationRequest, CancelledShipment, OffersByShipment } from '../../shipping/index.ts';
import type { UndoState } from './saga-state.ts';

/**
 * The shipments to cancel, each once: those in the saga's state, those in the order's log, and those whose purchase was
 * recorded. The label of the latter may have been bought although the answer was lost.
 */
export function shipmentsToCancel(
  { shipments = [] }: Pick<UndoState, 'shipments'>,
  order: { readonly shipments: readonly (CancellationRequest & { readonly digital?: true })[] },
  decided: OffersByShipment,
): CancellationRequest[] {
  const mayBeBought = [...decided].map(([shipmentId, { carrierShipmentId }]) => ({ shipmentId, carrierShipmentId }));
  const booked = order.shipments.filter(({ digital }) => digital !== true);
  const requests = [...shipments, ...booked, ...mayBeBought].map(
    ({ shipmentId, carrierShipmentId }): [string, CancellationRequest] => [
      carrierShipmentId,
      { shipmentId, carrierShipmentId },
    ],
  );
  return [...new Map(requests).values()];
}

/** The shipments of an order that no carrier knows. They have no label to return. */
export function digitalShipments({ shipments }: Pick<Order, 'shipments'>): CancelledShipment[] {
  return shipments
    .filter(({ digital }) => digital)
    .map(({ shipmentId, carrierShipmentId, trackingCode }) => ({ shipmentId, carrierShipmentId, trackingCode }));
}
