import { describe, expect, it } from 'vitest';
import type { OrderEvent } from '../../../../events/catalog.ts';
import { holdDispatch, recordDispatch } from '../../../../functions/fulfillment/domain/decide-dispatch-outcome.ts';
import { confirmOrder, endUndoneOrder, permitUndo } from '../../../../functions/fulfillment/domain/decide-outcome.ts';
import {
  dispatchSagaInput,
  orderAsPlaced,
  orderSagaInput,
} from '../../../../functions/fulfillment/domain/saga-input.ts';
import { orderSagaState } from '../../../../functions/fulfillment/domain/saga-state.ts';
import { digitalShipments, shipmentsToCancel } from '../../../../functions/fulfillment/domain/shipments-to-cancel.ts';
import { auditOrder } from '../../../../functions/inventory/audit/domain/audit-order.ts';
import { requestCancellation } from '../../../../functions/orders/domain/decide-cancellation.ts';
import { requestDispatch } from '../../../../functions/orders/domain/decide-dispatch.ts';
import { foldOrder } from '../../../../functions/orders/domain/fold-order.ts';
import type { Order } from '../../../../functions/orders/domain/order.ts';
import { addSeconds } from '../../../../functions/shared/kernel/time.ts';
import {
  afterwards,
  caught,
  commitsOf,
  dispatchState,
  event,
  eventsOf,
  lines,
  now,
  orderId,
  payment,
  placement,
  refusalCode,
  sagaState,
  shipmentsOf,
  stock,
  undoState,
} from '../../orders/given.ts';

/** Two mugs that are shipped, and a book that is not. All amounts are frozen; shipping is 500 with its tax. */
const [mug, lamp] = lines as [(typeof lines)[number], (typeof lines)[number]];
const shippedLine = { ...mug, taxMinor: 380, taxBasisPoints: 1_900 };
const digitalLine = {
  ...lamp,
  sku: 'BOOK',
  weightGrams: 0,
  taxMinor: 570,
  taxBasisPoints: 1_900,
  digital: true as const,
};
const mixedTotals = {
  subtotalMinor: 5_000,
  shippingMinor: 420,
  taxMinor: 1_030,
  shippingTaxMinor: 80,
  totalMinor: 6_450,
};
const mixed = { ...placement, lines: [shippedLine, digitalLine], totals: mixedTotals };
const onlyTotals = { subtotalMinor: 3_000, shippingMinor: 0, taxMinor: 570, shippingTaxMinor: 0, totalMinor: 3_570 };
const only = { ...placement, lines: [digitalLine], totals: onlyTotals };

const placedWith = (data: typeof placement, ...decisions: readonly (readonly OrderEvent[])[]): Order =>
  foldOrder(commitsOf([event('OrderPlaced', data)], ...decisions)) as Order;

const mugs = [{ location: 'berlin', lines: [{ lineId: '1', sku: 'MUG', quantity: 2 }] }];
const ofMixed = { stock: stock(mugs), payment: { ...payment, amountMinor: 6_450 }, shipments: shipmentsOf(mugs) };
const ofOnly = { stock: stock([]), payment: { ...payment, amountMinor: 3_570 }, shipments: [] };
const confirm = (order: Order, answers: object) => afterwards(order, ...eventsOf(confirmOrder(order, answers)));
const digitalOf = (order: Order) => order.shipments.find(({ digital }) => digital)?.shipmentId ?? '';
const capture = (order: Order, id: string, amountMinor: number) =>
  dispatchState(order, id, { capture: { ...payment, amountMinor } });
const types = (events: readonly OrderEvent[]) => events.map(({ type }) => type);

describe('an order of digital lines alone', () => {
  const placed = placedWith(only);

  it('is confirmed with its shipment and the request for its dispatch in one commit, and no stock', () => {
    const events = eventsOf(confirmOrder(placed, ofOnly));
    expect(types(events)).toEqual(['PaymentAuthorized', 'ShipmentBooked', 'OrderConfirmed', 'DispatchRequested']);
    expect(events[1]?.data).toMatchObject({
      carrier: 'digital',
      location: 'digital',
      trackingCode: '',
      amountMinor: 3_570,
    });
    expect(events[3]?.data).toMatchObject({
      ...{ paymentId: 'pi_1', amountMinor: 3_570, finalCapture: true, shippingMinor: 0, digital: true },
      lines: [{ lineId: '2', sku: 'BOOK', quantity: 1 }],
    });
  });

  it('is confirmed once, also when a second run confirms it', () => {
    const order = confirm(placed, ofOnly);
    expect(eventsOf(confirmOrder(order, ofOnly))).toEqual([]);
  });

  it('is dispatched, delivered and completed with one commit, once', () => {
    const order = confirm(placed, ofOnly);
    const state = capture(order, digitalOf(order), 3_570);
    const events = eventsOf(recordDispatch(order, state, now));
    expect(types(events)).toEqual(['PaymentCaptured', 'ShipmentDispatched', 'ShipmentDelivered', 'OrderCompleted']);
    const done = afterwards(order, ...events);
    expect(done.status).toBe('completed');
    expect(eventsOf(recordDispatch(done, state, now))).toEqual([]);
  });

  it('waits for a person when its capture is refused, and is completed by a further request', () => {
    const order = confirm(placed, ofOnly);
    const id = digitalOf(order);
    const refused = dispatchState(order, id, { failure: caught('PAYMENT_CAPTURE_REFUSED', 'No.') });
    const held = afterwards(order, ...eventsOf(holdDispatch(order, refused)));
    expect(held).toMatchObject({ status: 'on_hold', hold: { reason: 'capture_failed', shipmentId: id } });
    const again = afterwards(held, ...eventsOf(requestDispatch(held, id, now)));
    const done = afterwards(again, ...eventsOf(recordDispatch(again, capture(again, id, 3_570), now)));
    expect(done.status).toBe('completed');
  });

  it('is cancelled without the carrier while its capture is refused', () => {
    const order = confirm(placed, ofOnly);
    const id = digitalOf(order);
    const refused = dispatchState(order, id, { failure: caught('PAYMENT_CAPTURE_REFUSED', 'No.') });
    const held = afterwards(order, ...eventsOf(holdDispatch(order, refused)));
    const undone = afterwards(held, ...eventsOf(requestCancellation(held, 'customer', now)));
    expect(shipmentsToCancel({}, undone, new Map())).toEqual([]);
    const cancelled = digitalShipments(undone);
    expect(cancelled).toEqual([{ shipmentId: id, carrierShipmentId: '', trackingCode: '' }]);
    const state = undoState({ undone: { shipments: { cancelled } } });
    const ended = afterwards(undone, ...eventsOf(endUndoneOrder(undone, state)));
    expect(ended).toMatchObject({ status: 'cancelled', shipments: [{ status: 'cancelled' }] });
    // A run of the dispatch that comes late records nothing.
    expect(refusalCode(recordDispatch(undone, capture(undone, id, 3_570), now))).toBe('ORDER_ENDED');
  });

  it('is not cancelled once its delivery has begun', () => {
    const decision = requestCancellation(confirm(placed, ofOnly), 'customer', now);
    expect(decision).toMatchObject({
      refused: { code: 'ORDER_NOT_CANCELLABLE', detail: expect.stringMatching(/Digital/) },
    });
  });

  it('is undone without a shipment or stock when the confirmation is refused', () => {
    const state = undoState({ ...ofOnly, failure: caught('CANCELLATION_REQUESTED', 'No.') });
    expect(permitUndo(placed, state)).toMatchObject({
      undo: true,
      events: [{ type: 'PaymentAuthorized' }, { type: 'OrderConfirmationFailed' }],
    });
  });
});

describe('an order of digital and other lines', () => {
  const order = confirm(placedWith(mixed), ofMixed);
  const [parcel, digital] = [order.shipments[0]?.shipmentId ?? '', digitalOf(order)];

  it('has a shipment of each, whose amounts and shipping are the total', () => {
    expect(order.shipments.map(({ amountMinor }) => amountMinor)).toEqual([2_380, 3_570]);
    expect(2_380 + 3_570 + 500).toBe(mixedTotals.totalMinor);
    expect(digital).not.toBe(shipmentsOf([{ location: 'digital', lines: [] }])[0]?.shipmentId);
  });

  it('charges shipping with the parcel, whichever is captured first', () => {
    const events = eventsOf(confirmOrder(placedWith(mixed), ofMixed));
    const dispatch = events.at(-1)?.data;
    expect(dispatch).toMatchObject({ shipmentId: digital, amountMinor: 3_570, finalCapture: false });
    expect(dispatch).not.toHaveProperty('shippingMinor');
    expect(eventsOf(requestDispatch(order, parcel, now))[0]?.data).toMatchObject({
      ...{ amountMinor: 2_380 + 500, shippingMinor: 500, finalCapture: false },
    });
    const paid = afterwards(order, ...eventsOf(recordDispatch(order, capture(order, digital, 3_570), now)));
    expect(eventsOf(requestDispatch(paid, parcel, now))[0]?.data).toMatchObject({
      ...{ amountMinor: 2_380 + 500, shippingMinor: 500, finalCapture: true },
    });
  });

  it('goes on after the digital delivery, and is completed with the last one', () => {
    const half = afterwards(order, ...eventsOf(recordDispatch(order, capture(order, digital, 3_570), now)));
    expect(half.status).toBe('confirmed');
    expect(half.shipments.map(({ status }) => status)).toEqual(['booked', 'delivered']);
  });
});

describe('the state of a saga', () => {
  it('keeps which lines are digital, through every step', () => {
    const trigger = { orderId, sequence: 1, correlationId: '', traceparent: '', occurredAt: now };
    const input = orderSagaState.parse(orderSagaInput({ ...trigger, data: mixed }));
    expect(orderAsPlaced(input).lines.map(({ digital = false }) => digital)).toEqual([false, true]);
    const request = eventsOf(confirmOrder(placedWith(mixed), ofMixed)).at(-1);
    expect(
      request?.type === 'DispatchRequested' && dispatchSagaInput({ ...trigger, data: request.data }),
    ).toMatchObject({
      digital: true,
    });
  });

  it('and the log and the bus have room for 500 digital lines', () => {
    const line = { ...digitalLine, sku: 'S'.repeat(64), quantity: 10_000 };
    const many = { ...only, lines: Array.from({ length: 500 }, (_, index) => ({ ...line, lineId: `${index + 1}` })) };
    const events = eventsOf(confirmOrder(placedWith(many), ofOnly));
    expect(JSON.stringify(events).length).toBeLessThan(400_000 * 0.5);
    for (const each of events) expect(JSON.stringify(each).length).toBeLessThan(240_000 * 0.5);
  });

  it('of an order that is shipped is what it was', () => {
    expect(JSON.stringify(orderSagaState.parse(sagaState()))).toBe(JSON.stringify(sagaState()));
    expect(JSON.stringify(confirmOrder(placedWith(placement), ofMixed))).not.toContain('digital');
  });
});

describe('the audit', () => {
  const part = (lineId: string, sku: string, quantity: number) => {
    return { lineId, quantity, location: 'berlin', sku, shard: 0, nonce: 'n' };
  };
  const reservation = (...parts: readonly ReturnType<typeof part>[]) =>
    ({ orderId, state: 'CONFIRMED', parts, expiresAt: addSeconds(now, 900), revision: 1 }) as never;
  const stateOf = ({ status, lines: ordered, shipments }: Order) =>
    ({ status, lines: ordered, shipments, isBeingUndone: false }) as Parameters<typeof auditOrder>[1];

  it('wants no stock for digital lines', () => {
    const order = confirm(placedWith(only), ofOnly);
    const done = afterwards(order, ...eventsOf(recordDispatch(order, capture(order, digitalOf(order), 3_570), now)));
    for (const each of [order, done]) expect(auditOrder(orderId, stateOf(each), undefined)).toEqual([]);
    const both = confirm(placedWith(mixed), ofMixed);
    expect(auditOrder(orderId, stateOf(both), reservation(part('1', 'MUG', 2)))).toEqual([]);
    expect(auditOrder(orderId, stateOf(both), undefined)).toMatchObject([{ kind: 'confirmed_order_lacks_stock' }]);
  });

  it('finds stock that is reserved for them', () => {
    const found = [{ kind: 'order_units_differ', sku: 'BOOK', expected: 0, found: 1 }];
    const alone = stateOf(confirm(placedWith(only), ofOnly));
    expect(auditOrder(orderId, alone, reservation(part('2', 'BOOK', 1)))).toMatchObject(found);
    const both = stateOf(confirm(placedWith(mixed), ofMixed));
    expect(auditOrder(orderId, both, reservation(part('1', 'MUG', 2), part('2', 'BOOK', 1)))).toMatchObject(found);
  });
});
