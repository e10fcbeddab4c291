import type { Allocation } from '../../../events/vocabulary.ts';
import { shipmentIdFor } from '../../shared/kernel/ids.ts';
import type { BookingRequest, Recipient } from './shipment.ts';

interface WeighedLine {
  readonly lineId: string;
  readonly weightGrams: number;
}

/** One booking request for each allocation. A shipment's weight is the sum over its lines, in grams. */
export function bookingsFor(
  orderId: string,
  allocations: readonly Allocation[],
  orderLines: readonly WeighedLine[],
  to: Recipient,
): BookingRequest[] {
  const weights = new Map(orderLines.map(({ lineId, weightGrams }) => [lineId, weightGrams]));
  return allocations.map(({ location, lines }) => ({
    orderId,
    shipmentId: shipmentIdFor(orderId, location),
    location,
    lines,
    weightGrams: lines.reduce((total, { lineId, quantity }) => total + quantity * (weights.get(lineId) ?? 0), 0),
    to,
  }));
}
