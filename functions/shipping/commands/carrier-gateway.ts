import type { PlaceOrderBody } from '../../../api/orders.ts';
import type { Refusal } from '../../shared/kernel/refusal.ts';

export type Address = PlaceOrderBody['shippingAddress'];

/** The recipient of a parcel. Personal data: never logged, never in a refusal's detail. */
export interface Recipient {
  readonly address: Address;
  readonly contact: PlaceOrderBody['contact'];
}

export interface LineQuantity {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
}

export interface BookingRequest {
  readonly orderId: string;
  readonly shipmentId: string;
  /** The location from which the parcel is shipped. */
  readonly location: string;
  readonly lines: readonly LineQuantity[];
  readonly weightGrams: number;
  readonly to: Recipient;
}

/** A shipment whose label was bought. */
export interface BookedShipment {
  readonly carrier: string;
  readonly service: string;
  readonly trackingCode: string;
  readonly labelUrl: string;
  /** The gateway's id of the shipment. */
  readonly carrierShipmentId: string;
}

/** A shipment and a rate at which its label can be bought. An offer costs nothing. */
export interface Offer {
  /** The gateway's id of the shipment. */
  readonly carrierShipmentId: string;
  readonly rateId: string;
}

export interface CancellationRequest {
  readonly shipmentId: string;
  readonly carrierShipmentId: string;
}

export interface CancelledShipment {
  readonly shipmentId: string;
  readonly carrierShipmentId: string;
  readonly trackingCode: string;
}

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
}
