import * as z from 'zod/mini';
import type { EventDefinition, EventPattern } from './define-event.ts';
import { type StockAdjusted, stockAdjusted } from './inventory/stock-adjusted.v1.ts';
import { type StockDepleted, stockDepleted } from './inventory/stock-depleted.v1.ts';
import { type StockLow, stockLow } from './inventory/stock-low.v1.ts';
import { type StockMoved, stockMoved } from './inventory/stock-moved.v1.ts';
import { type StockReceived, stockReceived } from './inventory/stock-received.v1.ts';
import { type StockReplenished, stockReplenished } from './inventory/stock-replenished.v1.ts';
import { type AuthorizationReleased, authorizationReleased } from './orders/authorization-released.v1.ts';
import {
  type AuthorizationRenewalRefused,
  authorizationRenewalRefused,
} from './orders/authorization-renewal-refused.v1.ts';
import { type CancellationRequested, cancellationRequested } from './orders/cancellation-requested.v1.ts';
import { type DeliveryReported, deliveryReported } from './orders/delivery-reported.v1.ts';
import { type DispatchRequested, dispatchRequested } from './orders/dispatch-requested.v1.ts';
import { type OrderCancelled, orderCancelled } from './orders/order-cancelled.v1.ts';
import { type OrderCompleted, orderCompleted } from './orders/order-completed.v1.ts';
import { type OrderConfirmationFailed, orderConfirmationFailed } from './orders/order-confirmation-failed.v1.ts';
import { type OrderConfirmed, orderConfirmed } from './orders/order-confirmed.v1.ts';
import { orderHeldV1 } from './orders/order-held.v1.ts';
import { type OrderHeld, orderHeld } from './orders/order-held.v2.ts';
import { type OrderPlaced, orderPlaced } from './orders/order-placed.v1.ts';
import { type OrderRejected, orderRejected } from './orders/order-rejected.v1.ts';
import { type OrderResumed, orderResumed } from './orders/order-resumed.v1.ts';
import { type PaymentActionEnded, paymentActionEnded } from './orders/payment-action-ended.v1.ts';
import { type PaymentActionRequired, paymentActionRequired } from './orders/payment-action-required.v1.ts';
import { type PaymentAuthorized, paymentAuthorized } from './orders/payment-authorized.v1.ts';
import { type PaymentCaptureFailed, paymentCaptureFailed } from './orders/payment-capture-failed.v1.ts';
import { type PaymentCaptured, paymentCaptured } from './orders/payment-captured.v1.ts';
import { type PaymentDeclined, paymentDeclined } from './orders/payment-declined.v1.ts';
import { type PaymentVoided, paymentVoided } from './orders/payment-voided.v1.ts';
import { shipmentBookedV1 } from './orders/shipment-booked.v1.ts';
import { type ShipmentBooked, shipmentBooked } from './orders/shipment-booked.v2.ts';
import { type ShipmentBookingFailed, shipmentBookingFailed } from './orders/shipment-booking-failed.v1.ts';
import { type ShipmentCancelled, shipmentCancelled } from './orders/shipment-cancelled.v1.ts';
import { type ShipmentDelivered, shipmentDelivered } from './orders/shipment-delivered.v1.ts';
import { type ShipmentDispatched, shipmentDispatched } from './orders/shipment-dispatched.v1.ts';
import { type StockReleased, stockReleased } from './orders/stock-released.v1.ts';
import { type StockReservationFailed, stockReservationFailed } from './orders/stock-reservation-failed.v1.ts';
import { type StockReserved, stockReserved } from './orders/stock-reserved.v1.ts';
import { tolerant, type UnknownFields } from './tolerant.ts';
import { upcast, type WrittenEvent } from './upcast.ts';

/** The events of orders, in the versions that are written. */
export const orderEvents = [
  orderPlaced,
  stockReserved,
  stockReservationFailed,
  paymentActionRequired,
  paymentActionEnded,
  paymentAuthorized,
  paymentDeclined,
  shipmentBooked,
  shipmentBookingFailed,
  orderConfirmationFailed,
  orderConfirmed,
  orderRejected,
  dispatchRequested,
  shipmentDispatched,
  paymentCaptured,
  paymentCaptureFailed,
  authorizationReleased,
  authorizationRenewalRefused,
  deliveryReported,
  shipmentDelivered,
  orderCompleted,
  cancellationRequested,
  stockReleased,
  paymentVoided,
  shipmentCancelled,
  orderCancelled,
  orderHeld,
  orderResumed,
] as const;

/** Any event of an order's log, in the version that is written. Older ones are converted when they are read. */
export type OrderEvent =
  | OrderPlaced
  | StockReserved
  | StockReservationFailed
  | PaymentActionRequired
  | PaymentActionEnded
  | PaymentAuthorized
  | PaymentDeclined
  | ShipmentBooked
  | ShipmentBookingFailed
  | OrderConfirmationFailed
  | OrderConfirmed
  | OrderRejected
  | DispatchRequested
  | ShipmentDispatched
  | PaymentCaptured
  | PaymentCaptureFailed
  | AuthorizationReleased
  | AuthorizationRenewalRefused
  | DeliveryReported
  | ShipmentDelivered
  | OrderCompleted
  | CancellationRequested
  | StockReleased
  | PaymentVoided
  | ShipmentCancelled
  | OrderCancelled
  | OrderHeld
  | OrderResumed;

/** The events of stock. They belong to no order. */
const stockEvents = [stockReceived, stockAdjusted, stockMoved, stockLow, stockDepleted, stockReplenished] as const;

export type StockEvent = StockReceived | StockAdjusted | StockMoved | StockLow | StockDepleted | StockReplenished;

/** Versions that are only read: stored logs contain them, and `upcast.ts` converts them. */
export const retiredEvents: readonly EventDefinition[] = [orderHeldV1, shipmentBookedV1];

/** Every event that Holdfast publishes on the bus, in the version that is written. */
export const allEvents: readonly EventDefinition[] = [...orderEvents, ...stockEvents];

const definitions = new Map<string, EventDefinition>(
  [...allEvents, ...retiredEvents].map((definition) => [`${definition.type}.v${definition.version}`, definition]),
);

/** The definition of one version of an event. @throws Error when the catalog does not have it. */
export function definitionOf(type: string, version: number): EventDefinition {
  const definition = definitions.get(`${type}.v${version}`);
  if (definition === undefined) throw new Error(`unknown event ${type}.v${version}`);
  return definition;
}

/**
 * The pattern of a rule for an event: every version that can be read, because a deployment replaces functions one by one
 * and an older one may still write. `data` narrows it, for instance `{ from: ['confirmed'] }`; its fields must mean the
 * same in every version.
 */
export function patternOf(
  { type, source }: EventDefinition,
  data?: Readonly<Record<string, readonly unknown[]>>,
): EventPattern {
  const version = [...definitions.values()]
    .filter((definition) => definition.type === type)
    .map((definition) => definition.version)
    .sort((one, other) => one - other);
  return { source: [source], detailType: [type], detail: data === undefined ? { version } : { version, data } };
}

/**
 * Reads an event that is stored or came from the bus: converts it to the version that is written now, and parses it.
 *
 * @param unknownFields `kept` for a reader that only passes the event on.
 * @throws Error when the catalog does not have the event or its data do not fit.
 */
export function readEvent(event: WrittenEvent, unknownFields: UnknownFields): WrittenEvent {
  const { type, version, data } = upcast(event);
  return { type, version, data: z.parse(tolerant(definitionOf(type, version).data, unknownFields), data) };
}
