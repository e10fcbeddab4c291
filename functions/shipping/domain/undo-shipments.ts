import { shipmentIdFor } from '../../shared/kernel/ids.ts';
import type { UndoState } from '../../shared/saga-state.ts';
import type { Allocation } from './booking.ts';
import type { CancellationRequest, CancelledShipment, CarrierGateway } from './carrier-gateway.ts';

interface KnownShipment {
  readonly shipmentId: string;
  readonly carrierShipmentId: string;
}

/** The shipments to give back that the saga or the order's log knows. */
export function shipmentsToCancel(
  { orderId, shipments = [] }: Pick<UndoState, 'orderId' | 'shipments'>,
  order: { readonly shipments: readonly KnownShipment[] },
): CancellationRequest[] {
  return requestsFor(orderId, [...shipments, ...surplus(order.shipments, shipments)]);
}

/** One shipment for each location that stock was held at: it may have been booked without anybody hearing of it. */
export function shipmentsToLookFor(orderId: string, allocations: readonly Allocation[]): CancellationRequest[] {
  return allocations.map(({ location }) => ({ orderId, shipmentId: shipmentIdFor(orderId, location) }));
}

/** The labels that a saga booked for an order which stands with others: nobody else knows of them. */
export function surplusShipments(
  { orderId, shipments = [] }: Pick<UndoState, 'orderId' | 'shipments'>,
  order: { readonly shipments: readonly KnownShipment[] },
): CancellationRequest[] {
  return requestsFor(orderId, surplus(shipments, order.shipments));
}

/** What is among these and not among those. */
function surplus(these: readonly KnownShipment[], those: readonly KnownShipment[]): readonly KnownShipment[] {
  const ids = new Set(those.map(({ carrierShipmentId }) => carrierShipmentId));
  return these.filter(({ carrierShipmentId }) => !ids.has(carrierShipmentId));
}

function requestsFor(orderId: string, shipments: readonly KnownShipment[]): CancellationRequest[] {
  return shipments.map(({ shipmentId, carrierShipmentId }) => ({ orderId, shipmentId, carrierShipmentId }));
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
