import { shipmentIdFor } from '../../shared/kernel/ids.ts';
import type { UndoState } from '../../shared/saga-state.ts';
import type { Allocation } from './booking.ts';
import type { CancellationRequest, CancelledShipment, CarrierGateway } from './carrier-gateway.ts';

interface KnownShipment {
  readonly shipmentId: string;
  readonly carrierShipmentId: string;
}

/**
 * The shipments to give back: those that the saga or the order's log knows; and where neither knows any, one for each
 * location of the order, for it may have been booked without anybody hearing of it.
 */
export function shipmentsToCancel(
  { orderId, shipments, stock }: Pick<UndoState, 'orderId' | 'shipments' | 'stock'>,
  order: { readonly shipments: readonly KnownShipment[]; readonly allocations: readonly Allocation[] },
): CancellationRequest[] {
  const known: readonly KnownShipment[] = shipments ?? order.shipments;
  if (known.length > 0) {
    return known.map(({ shipmentId, carrierShipmentId }) => ({ orderId, shipmentId, carrierShipmentId }));
  }
  const allocations: readonly Allocation[] = stock?.allocations ?? order.allocations;
  return allocations.map(({ location }) => ({ orderId, shipmentId: shipmentIdFor(orderId, location) }));
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
