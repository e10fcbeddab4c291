import type { CancellationRequest, CancelledShipment, CarrierGateway } from './carrier-gateway.ts';

/**
 * Cancels every shipment at the carrier, whatever becomes of the others.
 *
 * @throws what the first faulted cancellation threw; no other cancellation is under way by then.
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
