import { describe, expect, it } from 'vitest';
import { maxLines, maxQuantity } from '../../../../api/vocabulary.ts';
import { compactParts } from '../../../../functions/fulfillment/domain/compact-state.ts';
import { confirmOrder, endUndoneOrder, permitUndo } from '../../../../functions/fulfillment/domain/decide-outcome.ts';
import { orderAsPlaced, orderSagaInput } from '../../../../functions/fulfillment/domain/saga-input.ts';
import { orderSagaState, undoState } from '../../../../functions/fulfillment/domain/saga-state.ts';
import { outOfStock } from '../../../../functions/inventory/reservations/index.ts';
import { toItem } from '../../../../functions/orders/adapters/commit-item.ts';
import type { Commit } from '../../../../functions/orders/domain/commit.ts';
import { envelopesOf } from '../../../../functions/orders/domain/envelopes.ts';
import { applyCommit, foldOrder } from '../../../../functions/orders/domain/fold-order.ts';
import { placementCommit } from '../../../../functions/orders/domain/placement-commit.ts';
import { isRefusal } from '../../../../functions/shared/kernel/refusal.ts';
import { body, now, origin } from '../../orders/given.ts';

/** The most bytes of a state of Step Functions, of the events of one request to the bus, and of an item. */
const limits = { state: 262_144, event: 240_000, item: 400_000 };
/** What later fields of an order may take. */
const reserve = 2_000;

const writer = { home: 'a', epoch: 1 };
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const itemBytes = (commit: Commit) =>
  Object.entries(toItem(commit, writer)).reduce(
    (sum, [name, { S, N }]) => sum + name.length + Buffer.byteLength(S ?? N ?? ''),
    0,
  );

/** An order of the most lines with the longest values, from a shop whose titles are in this alphabet. */
function longestOrder(letter: string): Commit {
  const lines = Array.from({ length: maxLines }, (_, index) => ({
    ...{ lineId: `${index + 1}`, sku: `S${index}`.padEnd(64, 'X'), title: letter.repeat(200), quantity: maxQuantity },
    ...{ unitPriceMinor: 199_999, totalMinor: 1_999_990_000, weightGrams: 1_000_000 },
    ...{ taxMinor: 199_999_000, taxBasisPoints: 2_550, discountMinor: 999_999_000 },
  }));
  const totalMinor = 999_995_000_000;
  const totals = {
    subtotalMinor: totalMinor,
    shippingMinor: 4_900,
    taxMinor: 0,
    shippingTaxMinor: 0,
    totalMinor: totalMinor + 4_900,
  };
  const order = { orderId: `ord_${'0'.repeat(26)}`, customerId: 'c'.repeat(36), termsHash: 't'.repeat(43) };
  const discounts = Array.from({ length: 10 }, (_, index) => {
    return { code: `C${index}`.padEnd(40, 'X'), on: 'shipping' as const, amountMinor: 99_999, limited: true as const };
  });
  const named = { ...body, lines: lines.map(({ sku, quantity }) => ({ sku, quantity, unitPriceMinor: 199_999 })) };
  const priced = { lines, totals, discounts, shippingOption: 'standard' };
  return placementCommit(order, { ...named, priceReason: 'r'.repeat(200) }, priced, origin, now);
}

/** Every line comes from all three locations: the most that an order from three locations can have. */
function threeLocations(lines: readonly { lineId: string; sku: string }[]) {
  return ['A', 'B', 'C'].map((name) => ({
    location: name.padEnd(32, 'L'),
    lines: lines.map(({ lineId, sku }) => ({ lineId, sku, quantity: 3_333 })),
  }));
}

describe.each(['a', 'Ä', '漢', '"'])('an order of 500 lines with titles of %s', (letter) => {
  const first = longestOrder(letter);
  const placed = first.events[0];
  if (placed?.type !== 'OrderPlaced') throw new Error('the first event places the order');
  const trigger = {
    ...{ orderId: first.orderId, sequence: 1, correlationId: 'c'.repeat(64), traceparent: 't'.repeat(55) },
    ...{ occurredAt: now, data: placed.data },
  };
  const input = orderSagaInput(trigger);
  const allocations = threeLocations(placed.data.lines);
  const stock = { allocations: compactParts(allocations, input.order.lines), expiresAt: now };
  const payment = { paymentId: 'p'.repeat(60), amountMinor: 999_999_999_999, currency: 'EUR' };
  const booked = allocations.map((part, index) => ({
    ...part,
    ...{ shipmentId: `shp_${index}`.padEnd(30, '0'), carrier: 'c'.repeat(40), service: 's'.repeat(40) },
    ...{ trackingCode: 't'.repeat(40), carrierShipmentId: 'i'.repeat(40) },
  }));
  const shipments = compactParts(booked, input.order.lines);
  const forward = { ...input, stock, payment, shipments };

  it('fits into the log and onto the bus', () => {
    expect(itemBytes(first)).toBeLessThan(limits.item - reserve);
    for (const envelope of envelopesOf(first)) expect(bytesOf(envelope)).toBeLessThan(limits.event - reserve);
  });

  it('fits into every state of its saga, with the undo of everything', () => {
    const failure = {
      Error: 'OUT_OF_STOCK',
      Cause: JSON.stringify(outOfStock(placed.data.lines.map((line) => ({ ...line, wanted: 1, available: 0 })))),
    };
    const released = { released: stock.allocations };
    const cancelled = booked.map(({ shipmentId, carrierShipmentId, trackingCode }) => ({
      shipmentId,
      carrierShipmentId,
      trackingCode,
    }));
    const last = {
      ...forward,
      failure,
      undone: { shipments: { cancelled }, payment: { voided: payment }, stock: released },
    };
    expect(bytesOf(input)).toBeLessThan(limits.state - reserve);
    expect(bytesOf(last)).toBeLessThan(limits.state - reserve);
    expect(undoState.parse(JSON.parse(JSON.stringify(last))).undone?.stock?.released).toEqual(allocations);
  });

  it('has its lines whole again in every step, and in the commit that confirms it', () => {
    const state = orderSagaState.parse(JSON.parse(JSON.stringify(forward)));
    expect(state.stock?.allocations).toEqual(allocations);
    expect(state.shipments).toEqual(booked);
    const events = confirmOrder(orderAsPlaced(state), state);
    if (isRefusal(events)) throw new Error('refused');
    const second = { ...first, version: 2, events };
    expect(itemBytes(second)).toBeLessThan(limits.item);
    for (const envelope of envelopesOf(second)) expect(bytesOf(envelope)).toBeLessThan(limits.event);
    expect(foldOrder([first, second])).toMatchObject({ status: 'confirmed', allocations });
  });

  it('fits into the log when it is cancelled and everything is undone', () => {
    const undone = { stock: { released: stock.allocations } };
    const state = undoState.parse(JSON.parse(JSON.stringify({ ...forward, undone })));
    const cancelled: Commit = {
      ...first,
      ...{
        version: 2,
        events: [{ type: 'CancellationRequested', version: 1, data: { from: 'placed', by: 'customer' } }],
      },
    };
    const order = foldOrder([first, cancelled]);
    if (order === undefined) throw new Error('there are commits');
    const permitted = permitUndo(order, state);
    const fenced: Commit = { ...first, version: 3, events: permitted.undo ? [...permitted.events] : [] };
    const fencedOrder = applyCommit(order, fenced);
    const events = endUndoneOrder(fencedOrder, state);
    if (isRefusal(events)) throw new Error('refused');
    const last: Commit = { ...first, version: 4, events: [...events] };
    expect([fenced, last].map(itemBytes).filter((bytes) => bytes >= limits.item)).toEqual([]);
    expect(applyCommit(fencedOrder, last)).toMatchObject({ status: 'cancelled', allocations: [] });
  });
});

describe('an order of 50 lines', () => {
  it('has the state that every version of the steps reads: with titles and full lines', () => {
    const [event] = longestOrder('a').events;
    if (event?.type !== 'OrderPlaced') throw new Error('the first event places the order');
    const data = { ...event.data, lines: event.data.lines.slice(0, 50) };
    const trigger = { orderId: 'o', sequence: 1, correlationId: 'c', traceparent: 't', occurredAt: now, data };
    const { order } = orderSagaInput(trigger);
    expect(order.lines).toEqual(data.lines);
    expect(compactParts(threeLocations(data.lines), order.lines)).toEqual(threeLocations(data.lines));
  });
});
