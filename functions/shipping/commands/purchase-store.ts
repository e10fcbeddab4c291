import type { Offer } from './carrier-gateway.ts';

/** Offers by the id of the shipment that they are for. */
export type OffersByShipment = ReadonlyMap<string, Offer>;

/**
 * Which offer is bought for each shipment of an order. It is on record before anything is bought: a purchase has no key of
 * its own at the carrier, and whoever books the shipment again, or at the same moment, has to buy the same offer.
 */
export interface PurchaseStore {
  /**
   * The first offer that is named for a shipment is the one that is bought.
   *
   * @returns what is decided, for these shipments at least; undefined when the order's purchases are closed.
   */
  decide(orderId: string, offers: OffersByShipment): Promise<OffersByShipment | undefined>;
  /**
   * Nothing can be decided for the order any more: a booking that comes late finds it closed.
   *
   * @returns what was decided before.
   */
  close(orderId: string): Promise<OffersByShipment>;
}
