/** What other capabilities may use of shipping. */

export { bookingGateway, carrierGateway } from './adapters/configured-carrier-gateway.ts';
export { dynamoPurchaseStore } from './adapters/dynamodb-purchase-store.ts';
export { type DeliveryReport, deliveryIn, readEasypostEvent } from './adapters/easypost-event.ts';
export { type Booking, bookAll } from './commands/book-all.ts';
export { cancelAll } from './commands/cancel-all.ts';
export type { BookingRefusal, CarrierGateway } from './commands/carrier-gateway.ts';
export type { PurchaseStore } from './commands/purchase-store.ts';
export { bookingsFor } from './domain/bookings.ts';
export { readReference } from './domain/reference.ts';
export type {
  CancellationRequest,
  CancelledShipment,
  Label,
  OffersByShipment,
  ShipmentOfOrder,
} from './domain/shipment.ts';
