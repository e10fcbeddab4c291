import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Local } from '../../local/index.ts';
import { contradictionsIn, type Ledger, ledgerOf } from '../support/ledger.ts';
import { orderOf, type Problem, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';

const script = fileURLToPath(new URL('../../scripts/audit.ts', import.meta.url));

let local: Local;
let shop: Shop;

beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true, retryScale: 0.01, schedules: false, logLevel: 'SILENT' });
  shop = new Shop(local);
  await shop.sell('EBOOK', { prices: { EUR: 1_000 }, product: { digital: true } });
  await shop.sell('LAMP', { prices: { EUR: 3_000 }, stock: { BER: 20 } });
});

afterAll(() => local?.stop());

/** The body of an order of e-books alone: it has a country and no address. */
const onlyDigital = (changes: object = {}) => {
  const { shippingAddress: _none, ...body } = orderOf('EBOOK');
  return { ...body, country: 'DE', ...changes };
};
const mixed = (changes: object = {}) => ({
  ...orderOf('LAMP', { ...changes }),
  lines: [
    { sku: 'EBOOK', quantity: 2 },
    { sku: 'LAMP', quantity: 1 },
  ],
});

async function balanced(orderId: string): Promise<Ledger> {
  const ledger = await ledgerOf(shop, orderId);
  expect(contradictionsIn(ledger)).toEqual([]);
  return ledger;
}

describe('a digital product', () => {
  test('is marked in the catalog, and available without stock', async () => {
    const product = await shop.must('alice', 'GET', '/catalog/EBOOK');
    expect(product).toMatchObject({ digital: true, availability: 'in_stock' });
    expect(await shop.must('alice', 'GET', '/catalog/LAMP')).toMatchObject({ digital: false });
  });

  test('is quoted without a way of shipping where nothing else is in the order', async () => {
    const { body } = await shop.ask<object>('alice', 'POST', '/orders/quote', {
      currency: 'EUR',
      lines: [{ sku: 'EBOOK', quantity: 1 }],
      country: 'DE',
    });
    expect(body).toMatchObject({
      lines: [{ digital: true, availability: 'in_stock' }],
      totals: { subtotalMinor: 1_000, shippingMinor: 0, taxMinor: 190, shippingTaxMinor: 0, totalMinor: 1_190 },
      shippingOptions: [],
    });
    expect(body).not.toHaveProperty('shippingOption');
  });
});

describe('an order of digital products alone', () => {
  test('is completed at once, without address, stock or carrier', async () => {
    const order = await shop.ordered('alice', onlyDigital({ expectedTotalMinor: 1_190 }) as never);
    expect(order).toMatchObject({
      status: 'completed',
      paymentStatus: 'captured',
      fulfillmentStatus: 'delivered',
      payment: { capturedMinor: 1_190 },
      lines: [{ sku: 'EBOOK', digital: true }],
      shipments: [{ status: 'delivered', location: 'digital', carrier: 'digital', lines: [{ sku: 'EBOOK' }] }],
    });
    expect(order).not.toHaveProperty('shippingAddress');
    expect(order.contact).toEqual({ email: 'alice@example.com', phone: '+49 30 1234567' });
    const { events, parcels } = await balanced(order.orderId);
    expect(parcels).toEqual([]);
    expect(events.map(({ type, sequence }) => `${sequence} ${type}`)).toEqual([
      '1 OrderPlaced',
      ...['2 PaymentAuthorized', '2 ShipmentBooked', '2 OrderConfirmed', '2 DispatchRequested'],
      ...['3 PaymentCaptured', '3 ShipmentDispatched', '3 ShipmentDelivered', '3 OrderCompleted'],
    ]);
    expect((await shop.ask('sam:staff', 'GET', '/inventory/EBOOK')).status).toBe(404);
  });

  test('may be placed with an address, too, and is the same for a repeated request', async () => {
    const first = await shop.place('alice', orderOf('EBOOK'), 'digital-1');
    const second = await shop.place('alice', orderOf('EBOOK'), 'digital-1');
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body.orderId).toBe(first.body.orderId);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
  });

  test('has no label', async () => {
    const order = await shop.ordered('alice', onlyDigital() as never);
    const path = `/orders/${order.orderId}/shipments/${order.shipments[0]?.shipmentId}/label`;
    expect(await shop.ask('will:warehouse', 'GET', path)).toMatchObject({ status: 404 });
  });

  test('is rejected when the card is declined', async () => {
    const order = await shop.ordered('alice', onlyDigital({ paymentMethodId: 'pm_card_chargeDeclined' }) as never);
    expect(order).toMatchObject({ status: 'rejected', paymentStatus: 'declined', shipments: [] });
    await balanced(order.orderId);
  });
});

describe('an order that needs an address', () => {
  test.each([
    { what: 'a lamp', lines: [{ sku: 'LAMP', quantity: 1 }] },
    { what: 'an e-book and a lamp', lines: mixed().lines },
  ])('is refused without one: $what', async ({ lines }) => {
    const answer = await shop.ask<Problem>('alice', 'POST', '/orders', onlyDigital({ lines }), {
      'idempotency-key': `without-${lines.length}`,
    });
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'ADDRESS_REQUIRED', errors: [{ path: 'shippingAddress' }] },
    });
    // Nothing was stored: the same key places an order with an address.
    const again = await shop.place('alice', { ...orderOf('LAMP'), lines }, `without-${lines.length}`);
    expect(again.status).toBe(201);
    await local.settled();
  });

  test('has neither an address nor a country', async () => {
    const { country: _none, ...body } = onlyDigital();
    const answer = await shop.place('alice', body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'shippingAddress' }] } });
  });

  test('has a country other than that of its address', async () => {
    const answer = await shop.place('alice', { ...orderOf('LAMP'), country: 'AT' });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'country' }] } });
  });
});

describe('an order of digital and other products', () => {
  test('delivers the digital ones at once and ships the others, with the charge for shipping', async () => {
    const order = await shop.ordered('alice', mixed() as never);
    const digital = 2_000 + 380;
    expect(order).toMatchObject({
      status: 'confirmed',
      paymentStatus: 'partially_captured',
      fulfillmentStatus: 'partially_delivered',
      payment: { capturedMinor: digital },
    });
    expect(order.shipments.map(({ location, status }) => `${location} ${status}`)).toEqual([
      'BER booked',
      'digital delivered',
    ]);
    expect((await shop.cancel(order.orderId)).status).toBe(409);
    const parcel = order.shipments[0]?.shipmentId ?? '';
    expect((await shop.dispatch(order.orderId, parcel)).status).toBe(202);
    await local.settled();
    expect(await shop.order(order.orderId)).toMatchObject({
      paymentStatus: 'captured',
      fulfillmentStatus: 'partially_delivered',
      payment: { capturedMinor: order.totals.totalMinor },
    });
    const { parcels, events } = await balanced(order.orderId);
    expect(parcels).toHaveLength(1);
    const reserved = events.find(({ type }) => type === 'StockReserved');
    expect(reserved?.data).toMatchObject({ allocations: [{ location: 'BER', lines: [{ sku: 'LAMP' }] }] });
  });

  test('is shipped with a card that can be captured once', async () => {
    const card = { paymentMethodId: 'pm_sandbox_singleCapture', savePaymentMethod: true };
    const order = await shop.ordered('alice', mixed(card) as never);
    expect(order).toMatchObject({ status: 'confirmed', payment: { capturedMinor: 2_380 } });
    const shipped = await shop.dispatched({ ...order, shipments: order.shipments.slice(0, 1) });
    expect(shipped).toMatchObject({ paymentStatus: 'captured', payment: { capturedMinor: order.totals.totalMinor } });
    expect((await balanced(order.orderId)).payments).toHaveLength(2);
  });

  test('leaves nothing when its goods are out of stock', async () => {
    const lines = [
      { sku: 'EBOOK', quantity: 1 },
      { sku: 'LAMP', quantity: 999 },
    ];
    const order = await shop.ordered('alice', { ...orderOf('LAMP'), lines });
    expect(order).toMatchObject({ status: 'rejected', rejection: { code: 'OUT_OF_STOCK' }, shipments: [] });
    await balanced(order.orderId);
  });

  test('waits for stock of its goods alone, and delivers the digital ones when it is confirmed', async () => {
    await shop.sell('SOFA', { prices: { EUR: 9_000 }, stock: { BER: 1 } });
    await shop.must('sam:staff', 'PUT', '/inventory/SOFA/backorder', { mode: 'backorder' });
    const lines = [
      { sku: 'EBOOK', quantity: 1 },
      { sku: 'SOFA', quantity: 2 },
    ];
    const waiting = await shop.ordered('alice', { ...orderOf('SOFA'), lines });
    expect(waiting).toMatchObject({
      ...{ status: 'on_hold', paymentStatus: 'none', shipments: [] },
      hold: { reason: 'backordered', waitsFor: { sku: 'SOFA', units: 2 } },
    });
    await shop.receive('SOFA', 'BER', 1);
    await local.settled();
    const order = await shop.order(waiting.orderId);
    expect(order).toMatchObject({ status: 'confirmed', payment: { capturedMinor: 1_190 } });
    expect(order.shipments.map(({ carrier }) => carrier === 'digital')).toEqual([false, true]);
    await balanced(order.orderId);
  });

  test('may have many lines of both kinds', async () => {
    const lines = Array.from({ length: 60 }, (_, index) => ({ sku: index % 2 === 0 ? 'EBOOK' : 'PEN', quantity: 1 }));
    await shop.sell('PEN', { stock: { BER: 30 } });
    const order = await shop.ordered('alice', { ...orderOf('PEN'), lines });
    expect(order.status).toBe('confirmed');
    expect(order.shipments.map((each) => [each.carrier === 'digital', each.status, each.lines.length])).toEqual([
      [false, 'booked', 30],
      [true, 'delivered', 30],
    ]);
    expect(await shop.stock('PEN')).toMatchObject({ available: 0, reserved: 30 });
    await balanced(order.orderId);
  });
});

describe('a product that becomes digital, or no longer is', () => {
  test('changes no order that exists, and a repeated request finds its order', async () => {
    await shop.sell('GUIDE', { product: { digital: true } });
    const body = onlyDigital({ lines: [{ sku: 'GUIDE', quantity: 1 }] });
    const first = await shop.place('alice', body, 'guide');
    expect(first.status).toBe(201);
    await local.settled();
    await shop.sell('GUIDE', { stock: { BER: 1 } });
    // The record of the first request answers for a day; the log answers after that.
    const again = await shop.place('alice', body, 'guide');
    expect(again).toMatchObject({ status: 201, body: { orderId: first.body.orderId, lines: [{ digital: true }] } });
    expect(await shop.place('alice', body, 'guide-2')).toMatchObject({
      status: 422,
      body: { code: 'ADDRESS_REQUIRED' },
    });
    const shipped = await shop.ordered('alice', orderOf('GUIDE'));
    expect(shipped.shipments.map(({ location }) => location)).toEqual(['BER']);
    await shop.sell('GUIDE', { product: { digital: true } });
    expect(await shop.dispatched(shipped)).toMatchObject({ fulfillmentStatus: 'shipped', paymentStatus: 'captured' });
    await balanced(shipped.orderId);
  });
});

test('the audit of all these orders finds nothing', async () => {
  const run = promisify(execFile)(process.execPath, [script, '--url', local.url, '--json']);
  const { stdout } = await run.catch((error: { readonly stdout: string }) => error);
  expect(JSON.parse(stdout)).toMatchObject({ findings: [], unfinished: [], payments: { findings: [] } });
}, 60_000);
