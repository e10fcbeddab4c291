import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderResource } from '../../api/orders.ts';
import { refusalMs } from '../../functions/inventory/availability/domain/snapshot.ts';
import type { Local } from '../../local/index.ts';
import { orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';

let local: Local;
let shop: Shop;

const places = {
  BER: { country: 'DE', postalCode: '10115', latitude: 52.52, longitude: 13.4, priority: 10 },
  MUC: { country: 'DE', postalCode: '80331', latitude: 48.14, longitude: 11.58, priority: 10 },
  VIE: { country: 'AT', postalCode: '1010', latitude: 48.21, longitude: 16.37, priority: 20 },
  OLD: { country: 'DE', priority: 1, active: false },
};

beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true });
  shop = new Shop(local);
  for (const [location, body] of Object.entries(places)) {
    await shop.must('sam:staff', 'PUT', `/locations/${location}`, body);
  }
});

afterAll(() => local?.stop());

const buy = (sku: string, quantity: number, changes: Parameters<typeof orderOf>[1] = {}) =>
  shop.ordered('alice', orderOf(sku, { lines: [{ sku, quantity }], ...changes }));
const from = (order: OrderResource) => order.shipments.map(({ location }) => location).sort();
const toMunich = { shippingAddress: { postalCode: '80999', city: 'München' } };

describe('an order', () => {
  test('is served from the nearest location of the best priority, with the reason', async () => {
    await shop.sell('VASE', { stock: { VIE: 5, MUC: 5, BER: 5, OLD: 5, NEW: 5 } });
    const order = await buy('VASE', 1, toMunich);
    expect(from(order)).toEqual(['MUC']);
    const sourcing = {
      candidates: [
        { location: 'MUC', priority: 10, distanceKm: 0, fills: expect.stringMatching(/^(all|assumed)$/) },
        { location: 'BER', priority: 10, distanceKm: expect.any(Number), fills: expect.any(String) },
        { location: 'VIE', priority: 20, distanceKm: expect.any(Number), fills: expect.any(String) },
        { location: 'NEW', priority: 100, fills: expect.any(String) },
      ],
      chosen: ['MUC'],
      rule: 'single_location',
      tieBreak: 'distance',
    };
    expect(order.sourcing).toEqual(sourcing);
    const reserved = (await shop.events(order.orderId)).find(({ type }) => type === 'StockReserved');
    expect(reserved?.data.sourcing).toEqual(sourcing);
    expect((await shop.order(order.orderId, 'alice')).sourcing).toBeUndefined();
    expect(from(await buy('VASE', 1))).toEqual(['BER']);
    expect(from(await buy('VASE', 1, { shippingAddress: { country: 'AT', postalCode: '1010' } }))).toEqual(['MUC']);
  });

  test('is never served from an inactive location, whose units the catalog does not count', async () => {
    await shop.sell('URN', { stock: { OLD: 5 } });
    expect(await shop.must('', 'GET', '/catalog/URN')).toMatchObject({ availability: 'out_of_stock' });
    expect(await buy('URN', 1)).toMatchObject({ status: 'rejected', rejection: { code: 'OUT_OF_STOCK' } });
    expect(await shop.stock('URN')).toMatchObject({ onHand: 5 });
  });

  test('that may not be split is served from one location or rejected', async () => {
    await shop.sell('BOWL', { stock: { BER: 2, MUC: 3, VIE: 4 } });
    const whole = { allowSplitShipments: false };
    const order = await buy('BOWL', 4, whole);
    expect(order).toMatchObject({ status: 'confirmed', allowSplitShipments: false });
    expect(from(order)).toEqual(['VIE']);
    expect(await buy('BOWL', 4, whole)).toMatchObject({
      status: 'rejected',
      rejection: { code: 'OUT_OF_STOCK', detail: 'BOWL: 4 wanted, not available together at one location' },
    });
    expect(from(await buy('BOWL', 4))).toEqual(['BER', 'MUC']);
    expect((await shop.place('alice', { ...orderOf('BOWL'), allowSplitShipments: 'no' })).body).toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: [{ path: 'allowSplitShipments' }],
    });
  });

  test('gets no unit of the safety stock until it is put back on sale', async () => {
    await shop.sell('CUP', { stock: { BER: 5 } });
    await shop.must('sam:staff', 'PUT', '/inventory/CUP/locations/BER/safety-stock', { units: 3 });
    expect((await buy('CUP', 3)).status).toBe('rejected');
    expect((await buy('CUP', 2)).status).toBe('confirmed');
    await shop.must('sam:staff', 'PUT', '/inventory/CUP/locations/BER/safety-stock', { units: 0 });
    // A cached refusal may be repeated for this time.
    await setTimeout(refusalMs);
    expect((await buy('CUP', 3)).status).toBe('confirmed');
    expect(await shop.stock('CUP')).toMatchObject({ onHand: 5, available: 0, reserved: 5, safety: 0 });
  });
});

describe('an order from three locations', () => {
  const lines = [
    { sku: 'DESK', quantity: 1 },
    { sku: 'SEAT', quantity: 4 },
  ];

  /** A desk in Vienna, and four seats, more than any location has. The prices do not divide evenly. */
  async function threeParcels(): Promise<OrderResource> {
    await shop.sell('DESK', { prices: { EUR: 33_331 }, stock: { VIE: 1 } });
    await shop.sell('SEAT', { prices: { EUR: 7_777 }, stock: { BER: 2, MUC: 2 } });
    const order = await shop.ordered('carol', orderOf('DESK', { lines }));
    expect(order).toMatchObject({
      status: 'confirmed',
      sourcing: { chosen: ['BER', 'MUC', 'VIE'], rule: 'only_choice' },
    });
    expect(from(order)).toEqual(['BER', 'MUC', 'VIE']);
    return order;
  }

  test('has three shipments, dispatched one by one; the captures add up to the total exactly', async () => {
    const order = await threeParcels();
    let captured = 0;
    for (const [index, { shipmentId }] of order.shipments.entries()) {
      await shop.dispatch(order.orderId, shipmentId);
      await local.settled();
      const now = await shop.order(order.orderId);
      expect(now.payment.capturedMinor).toBeGreaterThan(captured);
      captured = now.payment.capturedMinor;
      expect(now.fulfillmentStatus).toBe(index === 2 ? 'shipped' : 'partially_shipped');
      expect(now.paymentStatus).toBe(index === 2 ? 'captured' : 'partially_captured');
    }
    expect(captured).toBe(order.totals.totalMinor);
    const { payments, parcels } = await shop.books(order.orderId);
    const [payment] = payments;
    expect(payment?.captures).toHaveLength(3);
    expect(payment?.captures.reduce((sum, { amountMinor }) => sum + amountMinor, 0)).toBe(order.totals.totalMinor);
    expect(parcels).toHaveLength(3);
    for (const sku of ['DESK', 'SEAT']) expect(await shop.stock(sku)).toMatchObject({ onHand: 0, reserved: 0 });
  });

  test('that is cancelled before any dispatch leaves nothing', async () => {
    const order = await threeParcels();
    expect((await shop.cancel(order.orderId, 'carol')).status).toBe(202);
    await local.settled();
    expect(await shop.order(order.orderId)).toMatchObject({ status: 'cancelled', paymentStatus: 'voided' });
    const { payments, parcels } = await shop.books(order.orderId);
    expect(payments).toMatchObject([{ status: 'canceled', capturedMinor: 0 }]);
    expect(parcels.map(({ status }) => status)).toEqual(['refunded', 'refunded', 'refunded']);
    expect(await shop.stock('DESK')).toMatchObject({ available: 1, reserved: 0 });
    expect(await shop.stock('SEAT')).toMatchObject({ available: 4, reserved: 0 });
  });

  test('that the carrier refuses leaves neither label nor charge nor hold', async () => {
    const refused = orderOf('DESK', { lines, shippingAddress: { postalCode: '00000' } });
    const order = await shop.ordered('dora', refused);
    expect(order).toMatchObject({
      status: 'rejected',
      rejection: { code: 'ADDRESS_REFUSED' },
      paymentStatus: 'voided',
    });
    const { payments, parcels } = await shop.books(order.orderId);
    expect(payments).toMatchObject([{ status: 'canceled', capturedMinor: 0 }]);
    expect(parcels.filter(({ status }) => status === 'bought')).toEqual([]);
    expect(await shop.stock('DESK')).toMatchObject({ available: 1, reserved: 0 });
    expect(await shop.stock('SEAT')).toMatchObject({ available: 4, reserved: 0 });
  });
});

describe('goods that are moved, counted and adjusted over HTTP', () => {
  test('are sold from their new locations', async () => {
    await shop.sell('RUG', { stock: { BER: 4 } });
    const post = <T>(what: string, body: object) =>
      shop.must<T>('will:warehouse', 'POST', `/inventory/RUG/${what}`, body);
    await post('moves', { moveId: 'rug-1', from: 'BER', to: 'VIE', quantity: 3 });
    await post('adjustments', {
      adjustmentId: 'rug-2',
      location: 'BER',
      quantity: -1,
      reason: 'damage',
      note: 'moths',
    });
    expect(await post('counts', { countId: 'rug-3', location: 'VIE', counted: 5 })).toMatchObject({ delta: 2 });
    const order = await buy('RUG', 5);
    expect(from(order)).toEqual(['VIE']);
    expect(await post('counts', { countId: 'rug-4', location: 'VIE', counted: 5 })).toMatchObject({ delta: 0 });
    expect(await shop.stock('RUG')).toMatchObject({
      onHand: 5,
      available: 0,
      reserved: 5,
      locations: [
        { location: 'BER', onHand: 0 },
        { location: 'VIE', onHand: 5, reserved: 5 },
      ],
    });
  });
});
