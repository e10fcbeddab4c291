import type { OrderEvent } from '../../../events/catalog.ts';
import type { OrderStatus } from './order.ts';

/** `none`: the order does not exist yet. */
export type From = OrderStatus | 'none';

/** `same`: the status does not change. `before_hold`: the status before the hold. */
export type To = OrderStatus | 'same' | 'before_hold';

export interface Transition {
  readonly from: readonly From[];
  readonly to: To;
}

/**
 * The statuses in which each event may happen, and the status that follows. A test checks that every status can be reached
 * and that only `completed`, `rejected` and `cancelled` have no way out.
 */
export const transitions: Readonly<Record<OrderEvent['type'], Transition>> = {
  OrderPlaced: { from: ['none'], to: 'placed' },

  StockReserved: { from: ['placed'], to: 'same' },
  StockReservationFailed: { from: ['placed'], to: 'same' },
  PaymentActionRequired: { from: ['placed'], to: 'same' },
  PaymentActionEnded: { from: ['placed'], to: 'same' },
  // After the confirmation, an authorization renews an earlier one.
  PaymentAuthorized: { from: ['placed', 'confirmed', 'on_hold'], to: 'same' },
  PaymentDeclined: { from: ['placed'], to: 'same' },
  ShipmentBooked: { from: ['placed'], to: 'same' },
  ShipmentBookingFailed: { from: ['placed'], to: 'same' },
  OrderConfirmationFailed: { from: ['placed'], to: 'same' },
  OrderConfirmed: { from: ['placed'], to: 'confirmed' },
  OrderRejected: { from: ['placed'], to: 'rejected' },

  // A hold for one shipment does not stop the other shipments of the order.
  DispatchRequested: { from: ['confirmed', 'on_hold'], to: 'same' },
  PaymentCaptured: { from: ['confirmed', 'on_hold'], to: 'same' },
  PaymentCaptureFailed: { from: ['confirmed', 'on_hold'], to: 'same' },
  AuthorizationReleased: { from: ['confirmed', 'on_hold'], to: 'same' },
  AuthorizationRenewalRefused: { from: ['confirmed', 'on_hold'], to: 'same' },
  ShipmentDispatched: { from: ['confirmed', 'on_hold'], to: 'same' },
  DeliveryReported: { from: ['placed', 'confirmed', 'on_hold'], to: 'same' },
  ShipmentDelivered: { from: ['confirmed', 'on_hold'], to: 'same' },
  OrderCompleted: { from: ['confirmed'], to: 'completed' },

  CancellationRequested: { from: ['placed', 'confirmed'], to: 'same' },
  ShipmentCancelled: { from: ['placed', 'confirmed'], to: 'same' },
  PaymentVoided: { from: ['placed', 'confirmed'], to: 'same' },
  StockReleased: { from: ['placed', 'confirmed'], to: 'same' },
  OrderCancelled: { from: ['placed', 'confirmed'], to: 'cancelled' },

  OrderHeld: { from: ['placed', 'confirmed', 'on_hold'], to: 'on_hold' },
  OrderResumed: { from: ['on_hold'], to: 'before_hold' },
};

/**
 * Thrown for an event that the order's status does not allow: a defect in a decision, or a damaged log. It is never a
 * refusal.
 */
export class IllegalTransition extends Error {
  override readonly name = 'IllegalTransition';
  constructor(type: string, from: From) {
    super(`${type} cannot happen to an order that is ${from}`);
  }
}

export function assertTransition(type: OrderEvent['type'], from: From): void {
  if (!transitions[type].from.includes(from)) throw new IllegalTransition(type, from);
}
