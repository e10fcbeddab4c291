import type { OrderEvent } from '../../../events/catalog.ts';
import type { DispatchRequested } from '../../../events/orders/dispatch-requested.v1.ts';
import type { OrderPlaced } from '../../../events/orders/order-placed.v1.ts';
import type { PaymentCaptureFailed } from '../../../events/orders/payment-capture-failed.v1.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import type { Commit } from './commit.ts';
import { paymentFacts } from './fold-payment.ts';
import type { Order, OrderFacts, OrderState, Shipment, ShipmentStatus, Undoing } from './order.ts';
import { assertTransition, IllegalTransition, transitions } from './transitions.ts';

/**
 * Computes the state of an order from its commits, oldest first; undefined when there are none.
 *
 * @throws IllegalTransition when an event is not allowed in the status before it.
 * @throws Error when a version is missing or a commit has no events.
 */
export function foldOrder(commits: readonly Commit[]): Order | undefined {
  return commits.reduce<Order | undefined>(applyCommit, undefined);
}

/** The order after one more commit. @throws like {@link foldOrder}. */
export function applyCommit(order: Order | undefined, commit: Commit): Order {
  const expected = (order?.version ?? 0) + 1;
  if (commit.version !== expected) {
    throw new Error(`order ${commit.orderId}: expected version ${expected}, found ${commit.version}`);
  }
  let next = order;
  for (const event of commit.events) next = applyEvent(next, event, commit);
  if (next === undefined || commit.events.length === 0)
    throw new Error(`order ${commit.orderId}: commit ${commit.version} is empty`);
  return { ...next, version: commit.version, updatedAt: commit.committedAt };
}

/** The order as it will be after these events, before they are committed. @throws IllegalTransition like {@link foldOrder}. */
export function orderWith(order: Order, events: readonly OrderEvent[]): Order {
  return events.reduce((next, event) => {
    assertTransition(event.type, next.status);
    return changedBy(next, event);
  }, order);
}

const notUndone: Undoing = { cancellationRequested: false };

function applyEvent(order: Order | undefined, event: OrderEvent, commit: Commit): Order {
  assertTransition(event.type, order?.status ?? 'none');
  if (event.type === 'OrderPlaced') return placedOrder(commit.orderId, commit.committedAt, event.data);
  if (order === undefined) throw new IllegalTransition(event.type, 'none');
  return changedBy(order, event);
}

function changedBy(order: Order, event: OrderEvent): Order {
  const state = nextState(order, event);
  return { ...stripState(order), ...nextFacts(order, event), ...state };
}

/** The order after its first event, at version 1. */
export function placedOrder(orderId: string, placedAt: Instant, data: OrderPlaced['data']): Order {
  const { locale, allowSplitShipments, savesPaymentMethod, returnUrl: _forTheSaga, ...facts } = data;
  return {
    ...facts,
    ...(locale === undefined ? {} : { locale }),
    ...(allowSplitShipments === undefined ? {} : { allowSplitShipments }),
    ...(savesPaymentMethod === undefined ? {} : { savesPaymentMethod }),
    orderId,
    version: 1,
    allocations: [],
    payment: {
      authorizedMinor: 0,
      capturedMinor: 0,
      refundedMinor: 0,
      voided: false,
      declined: false,
      capturedShipments: [],
    },
    payments: [],
    shipments: [],
    placedAt,
    updatedAt: placedAt,
    status: 'placed',
    undoing: notUndone,
  };
}

/** The facts of an order without the fields that belong to a single status. */
function stripState(order: Order): OrderFacts {
  const { status: _status, ...rest } = order;
  const facts: Record<string, unknown> = { ...rest };
  for (const key of ['undoing', 'rejection', 'hold', 'held']) delete facts[key];
  return facts as unknown as OrderFacts;
}

function stateOf(order: Order): OrderState {
  switch (order.status) {
    case 'placed':
    case 'confirmed':
      return { status: order.status, undoing: order.undoing };
    case 'rejected':
      return { status: 'rejected', rejection: order.rejection };
    case 'on_hold':
      return { status: 'on_hold', hold: order.hold, held: order.held };
    default:
      return { status: order.status };
  }
}

function nextState(order: Order, event: OrderEvent): OrderState {
  switch (event.type) {
    case 'StockReservationFailed':
    case 'PaymentDeclined':
    case 'ShipmentBookingFailed':
    case 'OrderConfirmationFailed':
      return undoing(order, { failure: event.data });
    case 'CancellationRequested':
      return undoing(order, { cancellationRequested: true });
    case 'OrderConfirmed':
      return { status: 'confirmed', undoing: notUndone };
    case 'OrderRejected':
      return { status: 'rejected', rejection: event.data };
    case 'OrderCancelled':
    case 'OrderCompleted':
      return { status: event.type === 'OrderCancelled' ? 'cancelled' : 'completed' };
    case 'OrderHeld':
      if (order.status === 'on_hold') return { status: 'on_hold', hold: event.data, held: order.held };
      if (order.status !== 'placed' && order.status !== 'confirmed') break;
      return { status: 'on_hold', hold: event.data, held: { status: order.status, undoing: order.undoing } };
    case 'OrderResumed':
      if (order.status !== 'on_hold') break;
      return order.held;
    default:
      if (transitions[event.type].to === 'same') return stateOf(order);
  }
  throw new IllegalTransition(event.type, order.status);
}

function undoing(order: Order, change: Partial<Undoing>): OrderState {
  if (order.status !== 'placed' && order.status !== 'confirmed') {
    throw new IllegalTransition('undo', order.status);
  }
  return { status: order.status, undoing: { ...order.undoing, ...change } };
}

function nextFacts(order: Order, event: OrderEvent): Partial<OrderFacts> {
  switch (event.type) {
    case 'StockReserved':
      return { allocations: event.data.allocations, ...(event.data.sourcing && { sourcing: event.data.sourcing }) };
    case 'StockReleased':
      return { allocations: [] };
    case 'ShipmentBooked':
      return { shipments: [...order.shipments, { ...event.data, status: 'booked' }] };
    case 'OrderHeld':
      return { shipments: order.shipments.map((each) => markFailed(each, event.data.shipmentId)) };
    case 'DispatchRequested':
      return dispatchRequested(order, event.data);
    case 'PaymentCaptureFailed':
      return captureFailed(order, event.data);
    case 'ShipmentDispatched':
      return shipmentBecomes(order, event.data.shipmentId, 'dispatched');
    case 'DeliveryReported':
      return { deliveryReports: [...(order.deliveryReports ?? []), event.data] };
    case 'ShipmentDelivered':
      return shipmentBecomes(order, event.data.shipmentId, 'delivered');
    case 'ShipmentCancelled':
      return shipmentBecomes(order, event.data.shipmentId, 'cancelled');
    default:
      return paymentFacts(order, event);
  }
}

function dispatchRequested(order: Order, { shipmentId, ...request }: DispatchRequested['data']): Partial<OrderFacts> {
  const { amountMinor, shippingMinor } = request;
  const captureRequest = { amountMinor, ...(shippingMinor !== undefined && { shippingMinor }) };
  return {
    ...shipmentBecomes(order, shipmentId, 'dispatch_requested', { captureRequest }),
    ...(shippingMinor !== undefined && { shippingWith: shipmentId }),
  };
}

/** Failures of a capture after which it is known that nothing was taken. */
const refusals: ReadonlySet<string> = new Set(['PAYMENT_CAPTURE_REFUSED', 'AUTHORIZATION_EXPIRED']);

/** After a refused capture another one may take the charge for shipping. After any other failure it stays with the shipment. */
function captureFailed(order: Order, { shipmentId, code }: PaymentCaptureFailed['data']): Partial<OrderFacts> {
  if (!refusals.has(code)) return shipmentBecomes(order, shipmentId, 'booked');
  return {
    ...shipmentBecomes(order, shipmentId, 'booked', { captureRequest: undefined }),
    ...(order.shippingWith === shipmentId && { shippingWith: undefined }),
  };
}

function shipmentBecomes(
  order: Order,
  shipmentId: string,
  status: ShipmentStatus,
  change: Pick<Partial<Shipment>, 'captureRequest'> = {},
): Partial<OrderFacts> {
  return {
    shipments: order.shipments.map((each) => {
      if (each.shipmentId !== shipmentId) return each;
      const { dispatchFailed: _dispatchFailed, ...shipment } = each;
      return { ...shipment, ...change, status };
    }),
  };
}

function markFailed(shipment: Shipment, failedId: string | undefined): Shipment {
  return shipment.shipmentId === failedId ? { ...shipment, dispatchFailed: true } : shipment;
}
