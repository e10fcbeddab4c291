import type { OffersByShipment } from '../domain/shipment.ts';

/**
 * Records which offer is bought for each shipment of an order, before it is bought. Purchases have no idempotency keys at
 * the carrier, so a repeated or a concurrent booking of a shipment has to buy the same offer.
 */
export interface PurchaseStore {
  /**
   * Records an offer for each shipment that has none yet. The first offer recorded for a shipment is final.
   *
   * @returns the recorded offers of the order, of these shipments at least; undefined when the order's purchases are closed.
   */
  decide(orderId: string, offers: OffersByShipment): Promise<OffersByShipment | undefined>;
  /**
   * Closes the order's purchases: a later `decide` records nothing. Safe to repeat.
   *
   * @returns the offers that were recorded before.
   */
  close(orderId: string): Promise<OffersByShipment>;
}
