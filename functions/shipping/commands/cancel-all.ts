import type { CancellationRequest, CancelledShipment } from '../domain/shipment.ts';
import type { CarrierGateway } from './carrier-gateway.ts';

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
