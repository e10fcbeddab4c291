import type { PlaceOrderBody } from '../../../api/orders.ts';
import type { Refusal } from '../../shared/kernel/refusal.ts';

export type Address = PlaceOrderBody['shippingAddress'];

/** Who receives a parcel. Personal data: never logged, never in a refusal's detail. */
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
  /** Where the parcel leaves from. */
  readonly location: string;
  readonly lines: readonly LineQuantity[];
  readonly weightGrams: number;
  readonly to: Recipient;
}

export interface BookedShipment {
  readonly carrier: string;
  readonly service: string;
  readonly trackingCode: string;
  readonly labelUrl: string;
  /** The gateway's own id. */
  readonly carrierShipmentId: string;
}

/** A shipment as the carrier would take it, at a price. Nothing is owed for it. */
export interface Offer {
  /** The gateway's own id. */
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
 * Books parcels with carriers, in two steps: an offer costs nothing and may be made twice, and an offer can be bought only once.
 *
 * Any method throws `TransientFault` when the outcome is unknown (a timeout, a cut connection, a 5xx answer, a
 * throttle): the effect may have happened. Run it again, or cancel.
 */
export interface CarrierGateway {
  /** Makes an offer for the shipment and buys nothing; a second call makes another one. */
  offer(request: BookingRequest): Promise<Offer | BookingRefusal>;
  /** Buys the label of an offer; a second call answers with the label that was bought. */
  buy(offer: Offer): Promise<BookedShipment | BookingRefusal>;
  /**
   * Gives the label back. Harmless where it was not bought (`cancelled: null`); a second call says what the first one did.
   *
   * @throws Error when the carrier no longer takes it back.
   */
  cancel(request: CancellationRequest): Promise<{ readonly cancelled: CancelledShipment | null }>;
  /** Whose parcel a label is for, or undefined when it was not booked here. */
  identify(carrierShipmentId: string): Promise<{ readonly orderId: string; readonly shipmentId: string } | undefined>;
}
