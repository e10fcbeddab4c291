import { isRefusal, refuse } from '../../shared/kernel/refusal.ts';
import type { BookedShipment, BookingRequest, Offer, OffersByShipment, ShipmentOfOrder } from '../domain/shipment.ts';
import type { BookingRefusal, CarrierGateway } from './carrier-gateway.ts';
import type { PurchaseStore } from './purchase-store.ts';

/** Dependencies of `bookAll`. */
export interface Booking {
  readonly gateway: Pick<CarrierGateway, 'offer' | 'buy'>;
  readonly purchases: Pick<PurchaseStore, 'decide'>;
}

/**
 * Books the shipments of one order: requests an offer for each, records which offers are bought, and buys those.
 *
 * @returns the shipments, in the order of the bookings; one refusal for all of them when any offer or purchase is refused.
 *   Labels that were bought by then are returned by the undo.
 * @throws the error of the first call that failed, after all calls have ended: the outcome is unknown.
 */
export async function bookAll(
  { gateway, purchases }: Booking,
  orderId: string,
  bookings: readonly BookingRequest[],
): Promise<ShipmentOfOrder[] | BookingRefusal> {
  const offers = await allOf(bookings.map((booking) => gateway.offer(booking)));
  if (isRefusal(offers)) return offers;
  const named = offers.map((offer, index): [string, Offer] => [bookings[index]?.shipmentId ?? '', offer]);
  const decided = await purchases.decide(orderId, new Map(named));
  if (decided === undefined) return refuse('CARRIER_REFUSED', 'The shipments were cancelled before.');
  return allOf(bookings.map((booking) => buy(gateway, booking, decided)));
}

async function buy(
  gateway: Pick<CarrierGateway, 'buy'>,
  { orderId, shipmentId, location, lines }: BookingRequest,
  decided: OffersByShipment,
): Promise<ShipmentOfOrder | BookingRefusal> {
  const offer = decided.get(shipmentId);
  if (offer === undefined) throw new Error(`order ${orderId}: no offer for shipment ${shipmentId} is on record`);
  const bought = await gateway.buy(offer);
  return isRefusal(bought) ? bought : { ...(bought as BookedShipment), shipmentId, location, lines: [...lines] };
}

/**
 * Waits until every call has ended, so that none is in progress when the caller begins to undo.
 *
 * @returns all answers, or the first refusal.
 */
async function allOf<Answer extends object>(
  calls: readonly Promise<Answer | BookingRefusal>[],
): Promise<Answer[] | BookingRefusal> {
  const outcomes = await Promise.allSettled(calls);
  const answers: Answer[] = [];
  let refusal: BookingRefusal | undefined;
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') throw outcome.reason;
    if (isRefusal(outcome.value)) refusal ??= outcome.value as BookingRefusal;
    else answers.push(outcome.value as Answer);
  }
  return refusal ?? answers;
}
