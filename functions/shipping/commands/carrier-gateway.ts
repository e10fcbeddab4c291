import type { Refusal } from '../../shared/kernel/refusal.ts';
import type {
  BookedShipment,
  BookingRequest,
  CancellationRequest,
  CancelledShipment,
  Label,
  Offer,
} from '../domain/shipment.ts';

export type BookingRefusal = Refusal<'ADDRESS_REFUSED' | 'CARRIER_REFUSED'>;

/**
 * Books parcels with carriers in two steps: an offer costs nothing and may be requested repeatedly; an offer is bought at
 * most once.
 *
 * Every method throws `TransientFault` when the outcome is unknown (a timeout, a cut connection, a 5xx answer, a throttle,
 * an answer that is not a shipment): the effect may have happened. Repeat the call, or cancel.
 */
export interface CarrierGateway {
  /** Requests an offer for the shipment. Buys nothing; a second call returns another offer. */
  offer(request: BookingRequest): Promise<Offer | BookingRefusal>;
  /** Buys the label of an offer. A second call returns the label that was bought. */
  buy(offer: Offer): Promise<BookedShipment | BookingRefusal>;
  /**
   * Returns the label to the carrier for a refund. Returns `cancelled: null` when no label was bought; a second call returns
   * the same as the first one.
   *
   * @throws Error when the carrier no longer takes the label back.
   */
  cancel(request: CancellationRequest): Promise<{ readonly cancelled: CancelledShipment | null }>;
  /** The order and the shipment of a label; undefined when the label was not bought by this system. */
  identify(carrierShipmentId: string): Promise<{ readonly orderId: string; readonly shipmentId: string } | undefined>;
  /** The label of a shipment that was bought; undefined when the carrier has none, or none any more. */
  label(carrierShipmentId: string): Promise<Label | undefined>;
}
