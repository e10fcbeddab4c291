import type { UndoState } from '../../shared/saga-state.ts';
import type { CancellationRequest, CancelledShipment, CarrierGateway } from './carrier-gateway.ts';
import type { OffersByShipment } from './purchases.ts';

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

/**
 * Cancels shipments. A failure of one does not stop the others.
 *
 * @returns the shipments whose labels were returned to the carrier.
 * @throws the error of the first cancellation that failed, after all have ended.
 */
export async function cancelAll(
  gateway: Pick<CarrierGateway, 'cancel'>,
  requests: readonly CancellationRequest[],
): Promise<{ cancelled: CancelledShipment[] }> {
  const outcomes = await Promise.allSettled(requests.map((request) => gateway.cancel(request)));
  const cancelled: CancelledShipment[] = [];
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') throw outcome.reason;
    if (outcome.value.cancelled !== null) cancelled.push(outcome.value.cancelled);
  }
  return { cancelled };
}
