import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Local } from '../../local/index.ts';
import { type Answer, orderOf, type Problem, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';

let local: Local;
let shop: Shop;

beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true });
  shop = new Shop(local);
  for (const location of ['BER', 'VIE']) await shop.locate(location);
});

afterAll(() => local?.stop());

const receive = (sku: string, body: unknown, as = 'sam:staff'): Promise<Answer<Problem>> =>
  shop.ask(as, 'POST', `/inventory/${sku}/receipts`, body);

describe('a receipt of goods', () => {
  const receipt = { receiptId: 'delivery-1', location: 'BER', quantity: 5 };

  test('is booked once for any number of requests, each with the same answer', async () => {
    await shop.sell('BRICK');
    const answers = [await receive('BRICK', receipt)];
    answers.push(
      ...(await Promise.all([receive('BRICK', receipt), receive('BRICK', receipt), receive('BRICK', receipt)])),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    for (const { body } of answers) expect(body).toEqual({ ...receipt, sku: 'BRICK' });
    expect(await shop.stock('BRICK')).toMatchObject({ onHand: 5, available: 5, reserved: 0 });
  });

  test('that reuses an id with other content is refused, and the first booking stays', async () => {
    for (const [sku, other] of [
      ['BRICK', { ...receipt, quantity: 6 }],
      ['BRICK', { ...receipt, location: 'VIE' }],
    ] as const) {
      expect(await receive(sku, other)).toMatchObject({
        status: 422,
        body: { code: 'RECEIPT_ID_REUSED', errors: [{ path: 'receiptId' }] },
      });
    }
    expect(await shop.stock('BRICK')).toMatchObject({ onHand: 5, locations: [{ location: 'BER', onHand: 5 }] });
  });

  test('may be one of several SKUs of a delivery, under one id', async () => {
    await shop.sell('STONE');
    for (let times = 0; times < 2; times++) expect((await receive('STONE', receipt)).status).toBe(201);
    expect(await shop.stock('STONE')).toMatchObject({ onHand: receipt.quantity });
  });

  test('of a SKU that is not in the catalog is refused', async () => {
    expect(await receive('GHOST', receipt)).toMatchObject({ status: 422, body: { code: 'UNKNOWN_SKU' } });
    expect(await shop.ask('sam:staff', 'GET', '/inventory/GHOST')).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND' },
    });
  });

  test('may be for a product that is not sold yet', async () => {
    await shop.sell('SECRET', { product: { active: false }, stock: { BER: 3 } });
    expect(await shop.stock('SECRET')).toMatchObject({ onHand: 3 });
  });

  test('is for staff alone; the warehouse sees the stock, customers do not', async () => {
    for (const [as, seen] of [
      ['alice', 403],
      ['will:warehouse', 200],
    ] as const) {
      expect(await receive('BRICK', { ...receipt, receiptId: 'x' }, as)).toMatchObject({
        status: 403,
        body: { code: 'FORBIDDEN' },
      });
      expect((await shop.ask(as, 'GET', '/inventory/BRICK')).status).toBe(seen);
    }
    expect(await shop.stock('BRICK')).toMatchObject({ onHand: 5 });
  });

  test('is added correctly to many concurrent receipts', async () => {
    await shop.sell('SAND');
    await Promise.all(Array.from({ length: 20 }, (_, index) => shop.receive('SAND', 'BER', index + 1)));
    expect(await shop.stock('SAND')).toMatchObject({ onHand: 210, available: 210 });
  });
});

describe('stock at two locations', () => {
  test('is sold from the first location while it has enough, then from the second, then from both', async () => {
    await shop.sell('PIPE', { stock: { BER: 4, VIE: 5 } });
    const buy = async (quantity: number) => {
      const order = await shop.ordered('alice', orderOf('PIPE', { lines: [{ sku: 'PIPE', quantity }] }));
      return [order.status, ...order.shipments.map(({ location }) => location).sort()];
    };
    expect(await buy(3)).toEqual(['confirmed', 'BER']);
    expect(await buy(3)).toEqual(['confirmed', 'VIE']);
    expect(await buy(3)).toEqual(['confirmed', 'BER', 'VIE']);
    expect(await shop.stock('PIPE')).toEqual({
      sku: 'PIPE',
      onHand: 9,
      available: 0,
      reserved: 9,
      safety: 0,
      locations: [
        { location: 'BER', onHand: 4, available: 0, reserved: 4, safety: 0, shipped: 0 },
        { location: 'VIE', onHand: 5, available: 0, reserved: 5, safety: 0, shipped: 0 },
      ],
    });
    expect(await buy(1)).toEqual(['rejected']);
  });
});

describe('an order from two locations', () => {
  test('has two shipments, each captured at its dispatch, and the captures add up to the total', async () => {
    await shop.sell('LAMP', { prices: { EUR: 3_333 }, stock: { BER: 2, VIE: 5 } });
    const order = await shop.ordered('bob', orderOf('LAMP', { lines: [{ sku: 'LAMP', quantity: 6 }] }));
    expect(order.shipments.map(({ location }) => location).sort()).toEqual(['BER', 'VIE']);
    expect(order.shipments.flatMap(({ lines: parts }) => parts).reduce((sum, part) => sum + part.quantity, 0)).toBe(6);

    const [first, second] = order.shipments;
    await shop.dispatch(order.orderId, first?.shipmentId ?? '');
    await local.settled();
    const halfway = await shop.order(order.orderId);
    expect(halfway).toMatchObject({ paymentStatus: 'partially_captured', fulfillmentStatus: 'partially_shipped' });
    expect(halfway.payment.capturedMinor).toBeGreaterThan(0);
    expect(halfway.payment.capturedMinor).toBeLessThan(order.totals.totalMinor);

    await shop.dispatch(order.orderId, second?.shipmentId ?? '');
    await local.settled();
    const done = await shop.order(order.orderId);
    expect(done).toMatchObject({ paymentStatus: 'captured', fulfillmentStatus: 'shipped' });
    expect(done.payment.capturedMinor).toBe(order.totals.totalMinor);
    expect(await shop.stock('LAMP')).toMatchObject({ onHand: 1, available: 1, reserved: 0 });
    const { payments, parcels } = await shop.books(order.orderId);
    expect(payments).toMatchObject([{ status: 'succeeded', capturedMinor: order.totals.totalMinor }]);
    expect(payments[0]?.captures).toHaveLength(2);
    expect(new Set(parcels.map(({ trackingCode }) => trackingCode)).size).toBe(2);
  });
});

describe('free goods in a parcel of their own', () => {
  test('are dispatched without a capture of zero, and the rest of the order is charged completely', async () => {
    await shop.sell('TEA', { prices: { EUR: 890 }, stock: { BER: 1 } });
    await shop.sell('SAMPLE', { prices: { EUR: 0 }, stock: { VIE: 1 }, product: { weightGrams: 10 } });
    const both = [
      { sku: 'TEA', quantity: 1 },
      { sku: 'SAMPLE', quantity: 1 },
    ];
    const order = await shop.dispatched(await shop.ordered('bob', orderOf('TEA', { lines: both })));
    expect(order).toMatchObject({ paymentStatus: 'captured', fulfillmentStatus: 'shipped' });
    expect(order.payment.capturedMinor).toBe(order.totals.totalMinor);
    const { payments } = await shop.books(order.orderId);
    expect(payments[0]?.captures.map(({ amountMinor }) => amountMinor)).toEqual([order.totals.totalMinor]);
  });
});
