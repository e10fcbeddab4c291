import { describe, expect, it } from 'vitest';
import { orderSummary, orderResource as resourceSchema } from '../../../../api/orders.ts';
import { envelopeSchema } from '../../../../events/envelope.ts';
import {
  cancellationSagaInput,
  dispatchSagaInput,
  orderAsPlaced,
  orderSagaInput,
} from '../../../../functions/fulfillment/domain/saga-input.ts';
import { dispatchSagaState, orderSagaState } from '../../../../functions/fulfillment/domain/saga-state.ts';
import type { Commit } from '../../../../functions/orders/domain/commit.ts';
import { envelopesOf } from '../../../../functions/orders/domain/envelopes.ts';
import { applyCommit, foldOrder } from '../../../../functions/orders/domain/fold-order.ts';
import { orderResource } from '../../../../functions/orders/domain/order-resource.ts';
import { orderView } from '../../../../functions/orders/domain/order-view.ts';
import { IllegalTransition } from '../../../../functions/orders/domain/transitions.ts';
import { bucketOf, dayBefore, placedKeyOf, viewBuckets } from '../../../../functions/orders/domain/view-keys.ts';
import { alphabet, orderIdFor } from '../../../../functions/shared/kernel/ids.ts';
import {
  body,
  cancellationAsked,
  commitsOf,
  confirmation,
  confirmed,
  declined,
  event,
  now,
  orderAfter,
  orderId,
  placed,
  placement,
  sagaState,
  sourcing,
  stock,
  totals,
  twoWarehouses,
} from '../given.ts';

describe('an order is the fold of its commits', () => {
  it('and nothing when there are none', () => {
    expect(foldOrder([])).toBeUndefined();
  });

  it('as placed: every field of the event, nothing reserved or charged yet', () => {
    expect(foldOrder(commitsOf(placed))).toEqual({
      ...placement,
      orderId,
      version: 1,
      status: 'placed',
      undoing: { cancellationRequested: false },
      allocations: [],
      shipments: [],
      payment: {
        ...{ authorizedMinor: 0, capturedMinor: 0, refundedMinor: 0 },
        ...{ voided: false, declined: false, capturedShipments: [] },
      },
      payments: [],
      placedAt: now,
      updatedAt: now,
    });
  });

  it('with its sourcing, which is shown to staff', () => {
    const order = orderAfter([event('StockReserved', { ...stock(), sourcing })]);
    expect(order.sourcing).toEqual(sourcing);
    expect(orderResource(order, body, true).sourcing).toEqual(sourcing);
    expect(orderResource(order, body).sourcing).toBeUndefined();
    expect(resourceSchema.safeParse(orderResource(order, body, true)).error).toBeUndefined();
    expect(orderResource(confirmed(), body, true).sourcing).toBeUndefined();
  });

  it('with the version and the time of the last one', () => {
    expect(confirmed()).toMatchObject({ version: 2, placedAt: now, updatedAt: '2026-11-22T09:30:01.000Z' });
  });

  it('without the fields of earlier statuses', () => {
    const rejected = orderAfter([declined], [event('OrderRejected', { code: 'X', detail: 'No.' })]);
    expect(rejected).toMatchObject({ status: 'rejected', rejection: { code: 'X', detail: 'No.' } });
    const cancelled = orderAfter(
      [event('OrderHeld', { reason: 'review', detail: '' })],
      [event('OrderResumed', { reason: 'undone' }), event('OrderCancelled', {})],
    );
    for (const order of [rejected, cancelled]) {
      for (const gone of ['undoing', 'hold', 'held']) expect(order).not.toHaveProperty(gone);
    }
  });

  it.each([
    ['missing from the middle', [1, 3]],
    ['missing from the start', [2]],
    ['there twice', [1, 1]],
    ['in the wrong order', [2, 1]],
  ])('and faults when a commit is %s', (_, versions) => {
    const [first, second, third] = commitsOf(placed, [cancellationAsked()], [declined]);
    const all = [first, second, third] as Commit[];
    expect(() => foldOrder(versions.map((version) => all[version - 1] as Commit))).toThrow(/expected version/);
  });

  it('and faults on an event that its status does not allow', () => {
    expect(() => orderAfter([event('OrderCompleted', {})])).toThrow(IllegalTransition);
    expect(() => foldOrder(commitsOf(confirmation()))).toThrow(IllegalTransition);
    expect(() => orderAfter(placed)).toThrow(IllegalTransition);
    expect(() => orderAfter([event('OrderCancelled', {})], [cancellationAsked()])).toThrow(IllegalTransition);
    expect(() => orderAfter([event('OrderResumed', { reason: '' })])).toThrow(IllegalTransition);
  });

  it('and faults on a commit without events', () => {
    expect(() => foldOrder(commitsOf([]))).toThrow(/is empty/);
    expect(() => foldOrder(commitsOf(placed, []))).toThrow(/is empty/);
  });

  it('and never changes what it folds', () => {
    const before = confirmed(twoWarehouses);
    const snapshot = structuredClone(before);
    const [, , third] = commitsOf([], [], [event('StockReleased', { allocations: [] }), event('OrderCancelled', {})]);
    applyCommit(before, third as Commit);
    expect(before).toEqual(snapshot);
  });
});

describe('the envelopes of a commit', () => {
  const [, commit] = commitsOf(placed, confirmation(twoWarehouses)) as [Commit, Commit];

  it('are the same each time, including their ids', () => {
    expect(envelopesOf(structuredClone(commit))).toEqual(envelopesOf(commit));
    expect(envelopesOf(commit).map(({ eventId }) => eventId)).toEqual(
      commit.events.map((_, index) => `${orderId}:2:${index}`),
    );
  });

  it('number the events of the commit and carry their cause', () => {
    for (const [index, envelope] of envelopesOf(commit).entries()) {
      expect(envelopeSchema.parse(envelope)).toEqual({
        ...commit.events[index],
        ...{ eventId: `${orderId}:2:${index}`, orderId, sequence: 2, index, count: commit.events.length },
        ...{ occurredAt: commit.committedAt, correlationId: 'corr-1', causationId: 'cause-1', traceparent: '' },
      });
    }
  });
});

describe('the resource of an order', () => {
  it('has the shape of the contract', () => {
    const resource = orderResource(confirmed(twoWarehouses), body);
    expect(resourceSchema.parse(resource)).toEqual(resource);
    expect(resource.lines[0]).not.toHaveProperty('weightGrams');
    expect(resource.shippingAddress).toEqual(body.shippingAddress);
  });

  it('has no address once it was erased', () => {
    const resource = orderResource(confirmed(), undefined);
    expect(resource).not.toHaveProperty('shippingAddress');
    expect(resource).not.toHaveProperty('contact');
  });

  it('has the reason of a rejection or a hold, and only then', () => {
    const rejection = { code: 'OUT_OF_STOCK', detail: 'Sold out.' };
    expect(orderResource(orderAfter([event('OrderRejected', rejection)]), body).rejection).toEqual(rejection);
    const hold = { reason: 'review', detail: 'Odd.' } as const;
    const held = orderAfter([event('OrderHeld', hold)]);
    expect(orderResource(held, body, true).hold).toEqual(hold);
    // The detail is for staff, but for the stock that an order waits for.
    expect(orderResource(held, body).hold).toEqual({ ...hold, detail: 'The shop is looking into the order.' });
    const waits = {
      reason: 'backordered',
      detail: '2 of MUG are backordered.',
      waitsFor: { sku: 'MUG', units: 2 },
    } as const;
    expect(orderResource(orderAfter([event('OrderHeld', waits)]), body).hold).toEqual(waits);
    expect(Object.keys(orderResource(confirmed(), body))).not.toContain('hold');
    expect(Object.keys(orderResource(confirmed(), body))).not.toContain('rejection');
  });

  it('has in lists a summary below one kilobyte without personal data', () => {
    const view = orderView(confirmed(twoWarehouses));
    expect(orderSummary.parse(view)).toEqual(view);
    expect(view).toMatchObject({ lineCount: 2, unitCount: 3, totals: { totalMinor: totals.totalMinor } });
    expect(Buffer.byteLength(JSON.stringify(view))).toBeLessThan(1_000);
  });
});

describe('the input of a saga', () => {
  const trigger = { orderId, sequence: 1, correlationId: 'corr-1', traceparent: '', occurredAt: now };

  it('contains the order, so that no step has to read it', () => {
    const input = orderSagaInput({ ...trigger, data: placement });
    expect(orderSagaState.parse(input)).toEqual(sagaState());
    expect(orderAsPlaced(orderSagaState.parse(input))).toEqual(orderAfter());
  });

  it('contains the shipment and the amount to capture', () => {
    const requested = {
      ...{ shipmentId: 'shp_1', location: 'berlin', lines: [{ lineId: '1', sku: 'MUG', quantity: 1 }] },
      ...{ paymentId: 'pi_1', amountMinor: 100, currency: 'EUR', finalCapture: true },
    };
    const input = dispatchSagaInput({ ...trigger, sequence: 7, data: requested });
    expect(dispatchSagaState.parse(input)).toEqual(input);
    expect(input).toMatchObject({ orderId, version: 7, shipmentId: 'shp_1', amountMinor: 100 });
  });

  it('contains only the order id for a cancellation: the steps read the log', () => {
    const input = cancellationSagaInput({ ...trigger, sequence: 3, data: { from: 'confirmed' } });
    expect(input).toEqual({ orderId, version: 3, correlationId: 'corr-1', traceparent: '' });
  });
});

describe('the keys of the views', () => {
  it('sort by the time of placement and distinguish orders of the same time', () => {
    const key = (placedAt: string, id: string) => placedKeyOf({ placedAt, orderId: id });
    const keys = [key('2026-01-02T00:00:00.000Z', 'ord_A'), key('2026-01-01T23:59:59.999Z', 'ord_B')];
    expect([...keys].sort()).toEqual(keys.reverse());
    expect(key(now, 'ord_A')).not.toBe(key(now, 'ord_B'));
  });

  it('spread the characters of ids over the buckets, each with the same number', () => {
    const counts = Array.from({ length: viewBuckets }, () => 0);
    for (const last of alphabet) {
      const bucket = bucketOf(`ord_0123456789ABCDEFGHJKMNPQR${last}`);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    expect(counts).toEqual(counts.map(() => alphabet.length / viewBuckets));
  });

  it('spread orders over the buckets, each with its share', () => {
    const counts = Array.from({ length: viewBuckets }, () => 0);
    for (let each = 0; each < 4_000; each++) {
      const bucket = bucketOf(orderIdFor('alice', `${each}`));
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    // Four standard deviations of a share of 500; the shares of uneven buckets would be from 375 to 625.
    for (const count of counts) expect(Math.abs(count - 4_000 / viewBuckets)).toBeLessThan(84);
  });

  it('give the day before, over months and leap years', () => {
    expect(['2026-03-01', '2028-03-01', '2026-01-01'].map(dayBefore)).toEqual([
      '2026-02-28',
      '2028-02-29',
      '2025-12-31',
    ]);
  });
});
