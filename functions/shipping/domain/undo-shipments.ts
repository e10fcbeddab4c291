import type { UndoState } from '../../fulfillment/domain/saga-state.ts';
import type { CancellationRequest, CancelledShipment, CarrierGateway } from '../commands/carrier-gateway.ts';
import type { OffersByShipment } from '../commands/purchase-store.ts';

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

/**
 * Gives all of them back, each whatever becomes of the others.
 *
 * @throws what the first faulted cancellation threw; the others are through by then.
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
