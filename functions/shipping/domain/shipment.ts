import type { PlaceOrderBody } from '../../../api/orders.ts';
import type { LineQuantity } from '../../../events/vocabulary.ts';

export type Address = NonNullable<PlaceOrderBody['shippingAddress']>;

/** The recipient of a parcel. Personal data: never logged, never in a refusal's detail. */
export interface Recipient {
  readonly address: Address;
  readonly contact: PlaceOrderBody['contact'];
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
  /** The gateway's id of the shipment. */
  readonly carrierShipmentId: string;
}

/** A label as it is printed. It has the recipient's name and address. */
export interface Label {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** A shipment and a rate at which its label can be bought. An offer costs nothing. */
export interface Offer {
  /** The gateway's id of the shipment. */
  readonly carrierShipmentId: string;
  readonly rateId: string;
  /** The price of the label as the carrier wrote it; absent in offers that were recorded without it. */
  readonly price?: { readonly amount: string; readonly currency: string };
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

/** Offers by shipment id. */
export type OffersByShipment = ReadonlyMap<string, Offer>;

/** A booked shipment together with what it is for. */
export type ShipmentOfOrder = BookedShipment & {
  readonly shipmentId: string;
  readonly location: string;
  readonly lines: LineQuantity[];
};
