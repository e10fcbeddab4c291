import type { OrderHeld } from '../../../events/orders/order-held.v2.ts';
import type { OrderPlaced } from '../../../events/orders/order-placed.v1.ts';
import type { ShipmentBooked } from '../../../events/orders/shipment-booked.v2.ts';
import type { Allocation, Sourcing } from '../../../events/vocabulary.ts';
import type { Instant } from '../../shared/kernel/time.ts';

export type OrderLine = OrderPlaced['data']['lines'][number];
export type Totals = OrderPlaced['data']['totals'];

/** The reason for a failed step or a rejection. */
export interface Failure {
  readonly code: string;
  readonly detail: string;
}

export type ShipmentStatus = 'booked' | 'dispatch_requested' | 'dispatched' | 'delivered' | 'cancelled';

export type Shipment = ShipmentBooked['data'] & {
  readonly status: ShipmentStatus;
  /** Present from a failed dispatch until the next request to dispatch the shipment. */
  readonly dispatchFailed?: true;
  /**
   * What the last request to dispatch it captures, as long as that is not known to have been refused: the money may have been
   * taken, so a further request captures the same.
   */
  readonly captureRequest?: { readonly amountMinor: number; readonly shippingMinor?: number } | undefined;
};

/** One authorization of an order and what became of it. Amounts are in minor units of the order's currency. */
export interface OrderPayment {
  /** The gateway's id of the payment. */
  readonly paymentId: string;
  /** `renewal`: authorized for what an earlier authorization could not be captured for any more. */
  readonly purpose: 'order' | 'renewal';
  readonly authorizedMinor: number;
  readonly capturedMinor: number;
  /** What the authorization held and was let go of, uncaptured. */
  readonly releasedMinor: number;
  readonly refundedMinor: number;
  readonly voided: boolean;
  /** The gateway lets go of what is not captured by then. */
  readonly captureBefore?: string;
  /** False when the payment can be captured once only; absent when it may be captured in parts, or nothing is known. */
  readonly multicapture?: boolean;
}

/** The payments of an order together: sums in minor units of the order's currency. */
export interface PaymentFacts {
  /** The payment that was authorized last. */
  readonly paymentId?: string;
  readonly authorizedMinor: number;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  readonly voided: boolean;
  readonly declined: boolean;
  /** The payment that the customer has to confirm. It stays on record until a payment is authorized. */
  readonly action?: {
    readonly paymentId: string;
    /** The last moment at which the confirmation counts. */
    readonly actionBefore: string;
    /** Whether the customer's answer is still awaited. */
    readonly isOpen: boolean;
  };
  /** How often the gateway has refused another authorization for what is still to be captured. */
  readonly renewalsRefused?: number;
  /** Ids of the shipments whose amount has been captured. */
  readonly capturedShipments: readonly string[];
}

/** The fields that an order has in every status. */
export interface OrderFacts {
  readonly orderId: string;
  readonly version: number;
  readonly customerId: string;
  readonly currency: string;
  readonly lines: readonly OrderLine[];
  readonly totals: Totals;
  readonly shipTo: { readonly country: string; readonly postalArea: string };
  readonly paymentMethodId: string;
  readonly locale?: string;
  /** False when the order may not be split over several parcels. */
  readonly allowSplitShipments?: boolean;
  /** True when prices, discounts and shipping have the tax in them. */
  readonly taxIncluded?: true;
  readonly discounts?: OrderPlaced['data']['discounts'];
  readonly shippingOption?: string;
  /** Why staff has named prices. */
  readonly priceReason?: string;
  /** The shipment whose capture takes the charge for shipping; absent until one is requested, and after that one was refused. */
  readonly shippingWith?: string | undefined;
  /** True when the customer agreed that the payment method is saved. */
  readonly savesPaymentMethod?: boolean;
  readonly allocations: readonly Allocation[];
  /** Why these locations were chosen. */
  readonly sourcing?: Sourcing;
  readonly payment: PaymentFacts;
  /** Every authorization of the order, oldest first. */
  readonly payments: readonly OrderPayment[];
  readonly shipments: readonly Shipment[];
  /** Deliveries that the carrier reported before the dispatch was on record. */
  readonly deliveryReports?: readonly { readonly shipmentId: string; readonly deliveredAt: string }[];
  readonly placedAt: Instant;
  readonly updatedAt: Instant;
}

/**
 * Whether an order is being undone, and why. When there is a failure and a cancellation, the cancellation decides the
 * final status.
 */
export interface Undoing {
  readonly failure?: Failure;
  readonly cancellationRequested: boolean;
}

export type HoldReason = OrderHeld['data']['reason'];

export type OrderState =
  | { readonly status: 'placed'; readonly undoing: Undoing }
  | { readonly status: 'confirmed'; readonly undoing: Undoing }
  | { readonly status: 'completed' }
  | { readonly status: 'rejected'; readonly rejection: Failure }
  | { readonly status: 'cancelled' }
  | {
      readonly status: 'on_hold';
      /** The latest reason. An earlier failure is marked on its shipment. */
      readonly hold: {
        readonly reason: HoldReason;
        readonly detail: string;
        readonly shipmentId?: string | undefined;
        readonly waitsFor?: { readonly sku: string; readonly units: number } | undefined;
      };
      /** The status before the hold, to which the order returns when it is resumed. */
      readonly held: { readonly status: 'placed' | 'confirmed'; readonly undoing: Undoing };
    };

export type Order = OrderFacts & OrderState;
export type OrderStatus = OrderState['status'];

export type PaymentStatus =
  | 'none'
  | 'action_required'
  | 'authorized'
  | 'partially_captured'
  | 'captured'
  | 'partially_refunded'
  | 'refunded'
  | 'voided'
  | 'declined';

/**
 * The payment status, computed from the amounts: refunds take precedence over captures, and captures over the
 * authorization. An order of which a part is still to be captured is not refunded, whatever was refunded before.
 */
export function paymentStatusOf({ payment, payments, totals }: Order): PaymentStatus {
  if (payment.refundedMinor > 0) {
    const isOpen = payments.some((each) => openMinorOf(each) > 0);
    return payment.refundedMinor >= payment.capturedMinor && !isOpen ? 'refunded' : 'partially_refunded';
  }
  if (payment.capturedMinor > 0) {
    return payment.capturedMinor >= totals.totalMinor ? 'captured' : 'partially_captured';
  }
  if (payment.voided) return 'voided';
  if (payment.authorizedMinor > 0 || payment.paymentId !== undefined) return 'authorized';
  if (payment.declined) return 'declined';
  return payment.action?.isOpen === true ? 'action_required' : 'none';
}

/** What an authorization still holds, in minor units, as far as the log says. */
export function openMinorOf({ authorizedMinor, capturedMinor, releasedMinor, voided }: OrderPayment): number {
  return voided ? 0 : Math.max(0, authorizedMinor - capturedMinor - releasedMinor);
}

export type FulfillmentStatus =
  | 'unfulfilled'
  | 'booked'
  | 'partially_shipped'
  | 'shipped'
  | 'partially_delivered'
  | 'delivered';

/** The fulfillment status, computed from the shipments that are not cancelled. */
export function fulfillmentStatusOf({ shipments }: Order): FulfillmentStatus {
  const live = shipments.filter((shipment) => shipment.status !== 'cancelled');
  if (live.length === 0) return 'unfulfilled';
  const delivered = live.filter((shipment) => shipment.status === 'delivered').length;
  if (delivered === live.length) return 'delivered';
  if (delivered > 0) return 'partially_delivered';
  const dispatched = live.filter((shipment) => shipment.status === 'dispatched').length;
  if (dispatched === live.length) return 'shipped';
  return dispatched > 0 ? 'partially_shipped' : 'booked';
}

/** Whether the order waits, outside of a saga, until its customer confirms the payment. */
export function awaitsPayment(order: Order): order is Extract<Order, { status: 'placed' }> {
  return order.status === 'placed' && order.payment.action?.isOpen === true && !isBeingUndone(order.undoing);
}

/** True from a recorded failure or requested cancellation until the undo has ended. */
export function isBeingUndone({ failure, cancellationRequested }: Undoing): boolean {
  return failure !== undefined || cancellationRequested;
}
