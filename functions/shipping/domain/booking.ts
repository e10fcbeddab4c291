import { shipmentIdFor } from '../../shared/kernel/ids.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import type {
  BookedShipment,
  BookingRefusal,
  BookingRequest,
  CarrierGateway,
  LineQuantity,
  Recipient,
} from './carrier-gateway.ts';

/** What leaves one location. */
export interface Allocation {
  readonly location: string;
  readonly lines: readonly LineQuantity[];
}

interface WeighedLine {
  readonly lineId: string;
  readonly weightGrams: number;
}

export type ShipmentOfOrder = BookedShipment & {
  readonly shipmentId: string;
  readonly location: string;
  readonly lines: LineQuantity[];
};

/** One booking for each location that an order's stock comes from. */
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

/**
 * Books all shipments of an order at once and waits for every one of them, so that nothing is still being booked when
 * the caller begins to undo. One refusal refuses the order; one fault makes the outcome unknown.
 *
 * @throws what the first faulted booking threw.
 */
export async function bookAll(
  gateway: Pick<CarrierGateway, 'book'>,
  bookings: readonly BookingRequest[],
): Promise<ShipmentOfOrder[] | BookingRefusal> {
  const outcomes = await Promise.allSettled(bookings.map((booking) => gateway.book(booking)));
  const shipments: ShipmentOfOrder[] = [];
  let refusal: BookingRefusal | undefined;
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'rejected') throw outcome.reason;
    const booking = bookings[index];
    if (isRefusal(outcome.value)) refusal ??= outcome.value;
    else if (booking !== undefined) {
      const { shipmentId, location, lines } = booking;
      shipments.push({ ...(outcome.value as BookedShipment), shipmentId, location, lines: [...lines] });
    }
  }
  return refusal ?? shipments;
}
