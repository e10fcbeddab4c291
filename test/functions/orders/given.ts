import type { PlaceOrderBody } from '../../../api/orders.ts';
import { type OrderEvent, orderEvents } from '../../../events/catalog.ts';
import type { DispatchSagaState, OrderSagaState, UndoState } from '../../../functions/fulfillment/domain/saga-state.ts';
import { shipmentAmounts } from '../../../functions/fulfillment/domain/shipment-amounts.ts';
import type { Commit, Origin } from '../../../functions/orders/domain/commit.ts';
import { applyCommit, foldOrder } from '../../../functions/orders/domain/fold-order.ts';
import type { Order } from '../../../functions/orders/domain/order.ts';
import { shipmentIdFor } from '../../../functions/shared/kernel/ids.ts';
import { addSeconds, type Instant } from '../../../functions/shared/kernel/time.ts';

type Data<Type extends OrderEvent['type']> = Extract<OrderEvent, { type: Type }>['data'];

/** Orders for tests: two units of a mug and one lamp for alice, from one warehouse or two. */
export const orderId = 'ord_0123456789ABCDEFGHJKMNPQRS';
export const now = '2026-11-22T09:30:00.000Z' as Instant;
export const origin: Origin = { actor: 'saga:order', correlationId: 'corr-1', causationId: 'cause-1', traceparent: '' };

export const lines = [
  { lineId: '1', sku: 'MUG', title: 'Mug', quantity: 2, unitPriceMinor: 1_000, totalMinor: 2_000, weightGrams: 300 },
  { lineId: '2', sku: 'LAMP', title: 'Lamp', quantity: 1, unitPriceMinor: 3_000, totalMinor: 3_000, weightGrams: 900 },
];
export const totals = { subtotalMinor: 5_000, shippingMinor: 580, taxMinor: 1_060, totalMinor: 6_640 };
export const placement: Data<'OrderPlaced'> = {
  customerId: 'alice',
  currency: 'EUR',
  lines,
  totals,
  shipTo: { country: 'DE', postalArea: '101' },
  paymentMethodId: 'pm_card_visa',
};

/** The body of an order that is shipped. */
export type AddressedBody = PlaceOrderBody & {
  readonly shippingAddress: NonNullable<PlaceOrderBody['shippingAddress']>;
};

export const body: AddressedBody = {
  currency: 'EUR',
  lines: [
    { sku: 'MUG', quantity: 2 },
    { sku: 'LAMP', quantity: 1 },
  ],
  shippingAddress: { name: 'Alice Example', line1: 'Hauptstr. 1', city: 'Berlin', postalCode: '10115', country: 'DE' },
  contact: { email: 'alice@example.com' },
  paymentMethodId: 'pm_card_visa',
};

/** Builds an event in the version that is written. */
export function event<Type extends OrderEvent['type']>(type: Type, data: Data<Type>): OrderEvent {
  const version = orderEvents.find((each) => each.type === type)?.version;
  return { type, version, data } as OrderEvent;
}

/** One commit for each list of events, a second apart. */
export function commitsOf(...decisions: readonly (readonly OrderEvent[])[]): Commit[] {
  return decisions.map((events, index) => ({
    ...origin,
    orderId,
    version: index + 1,
    events,
    committedAt: addSeconds(now, index),
  }));
}

export const placed = [event('OrderPlaced', placement)];

/** The order after it was placed and these events happened, each list one commit. */
export function orderAfter(...decisions: readonly (readonly OrderEvent[])[]): Order {
  const order = foldOrder(commitsOf(placed, ...decisions));
  if (order === undefined) throw new Error('unreachable');
  return order;
}

/** The same order after one more commit. */
export function afterwards(order: Order, ...events: readonly OrderEvent[]): Order {
  const version = order.version + 1;
  return applyCommit(order, { ...origin, orderId, version, events, committedAt: addSeconds(now, version) });
}

export const berlin = shipmentIdFor(orderId, 'berlin');
export const vienna = shipmentIdFor(orderId, 'vienna');

const mugs = { lineId: '1', sku: 'MUG', quantity: 2 };
const lamp = { lineId: '2', sku: 'LAMP', quantity: 1 };
export const oneWarehouse = [{ location: 'berlin', lines: [mugs, lamp] }];
export const twoWarehouses = [
  { location: 'berlin', lines: [mugs] },
  { location: 'vienna', lines: [lamp] },
];

type Allocations = typeof oneWarehouse;

export const stock = (allocations: Allocations = oneWarehouse) => ({ allocations, expiresAt: addSeconds(now, 900) });
/** The sourcing of an order from Berlin. */
export const sourcing: NonNullable<Data<'StockReserved'>['sourcing']> = {
  candidates: [
    { location: 'berlin', priority: 10, distanceKm: 3, fills: 'all' },
    { location: 'vienna', priority: 10, fills: 'assumed' },
  ],
  chosen: ['berlin'],
  rule: 'single_location',
  tieBreak: 'distance',
};
export const payment = { paymentId: 'pi_1', amountMinor: totals.totalMinor, currency: 'EUR' };

export function shipmentsOf(allocations: Allocations = oneWarehouse) {
  return allocations.map(({ location, lines: content }) => ({
    shipmentId: shipmentIdFor(orderId, location),
    location,
    carrier: 'DHL',
    service: 'Paket',
    trackingCode: `track-${location}`,
    carrierShipmentId: `cs_${location}`,
    lines: content,
  }));
}

/** The state of a saga after ReserveStock, AuthorizePayment and BookShipment. */
export function answers(allocations: Allocations = oneWarehouse) {
  return { stock: stock(allocations), payment, shipments: shipmentsOf(allocations) };
}

/** The events that record the completed steps. */
export function achieved(allocations: Allocations = oneWarehouse): OrderEvent[] {
  const shipments = shipmentsOf(allocations);
  const amounts = shipmentAmounts({ lines, totals, currency: 'EUR' }, shipments);
  return [
    event('StockReserved', stock(allocations)),
    event('PaymentAuthorized', payment),
    ...shipments.map((each, index) => event('ShipmentBooked', { ...each, amountMinor: amounts[index] ?? 0 })),
  ];
}

export const confirmation = (allocations: Allocations = oneWarehouse) => [
  ...achieved(allocations),
  event('OrderConfirmed', {}),
];
export const confirmed = (allocations: Allocations = oneWarehouse) => orderAfter(confirmation(allocations));

export const declined = event('PaymentDeclined', { code: 'PAYMENT_DECLINED', detail: 'No.' });
export const cancellationAsked = (from: 'placed' | 'confirmed' | 'on_hold' = 'placed') =>
  event('CancellationRequested', { from, by: 'customer' });

/** The state of an undo step in a saga; `failure` as Step Functions and Lambda write it. */
export function undoState(state: Partial<UndoState> = {}): UndoState {
  return { orderId, version: 1, correlationId: 'corr-1', traceparent: '', ...state };
}

export function caught(name: string, message: string): { Error: string; Cause: string } {
  return { Error: name, Cause: JSON.stringify({ errorType: name, errorMessage: message, trace: [] }) };
}

export function sagaState(state: Partial<OrderSagaState> = {}): OrderSagaState {
  return { ...undoState(), order: { ...placement, placedAt: now }, ...state };
}

/** The state of the dispatch saga of one of the order's shipments. */
export function dispatchState(order: Order, shipmentId: string, state: Partial<DispatchSagaState> = {}) {
  const shipment = order.shipments.find((each) => each.shipmentId === shipmentId);
  if (shipment === undefined) throw new Error('no such shipment');
  const { location, lines: content, amountMinor } = shipment;
  return {
    ...{ orderId, version: order.version, correlationId: 'corr-1', traceparent: '' },
    ...{ shipmentId, location, lines: content, amountMinor },
    ...{ paymentId: payment.paymentId, currency: 'EUR', finalCapture: true },
    ...state,
  } satisfies DispatchSagaState;
}

export const captureOf = (order: Order, shipmentId: string) => ({
  ...payment,
  amountMinor: order.shipments.find((each) => each.shipmentId === shipmentId)?.amountMinor ?? 0,
});

/** The events of a decision; a refusal fails the test. */
export function eventsOf(decision: unknown): readonly OrderEvent[] {
  if (!Array.isArray(decision)) throw new Error(`refused: ${JSON.stringify(decision)}`);
  return decision as readonly OrderEvent[];
}

/** The code of a refusal; a decision fails the test. */
export function refusalCode(decision: unknown): string {
  const refused = (decision as { refused?: { code: string } }).refused;
  if (refused === undefined) throw new Error(`not refused: ${JSON.stringify(decision)}`);
  return refused.code;
}
