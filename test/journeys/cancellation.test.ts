import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Local } from '../../local/index.ts';
import { orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';

let local: Local;
let shop: Shop;

beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true, retryScale: 0.01, logLevel: 'SILENT' });
  shop = new Shop(local);
});

afterAll(() => local?.stop());

/** An order of two of a SKU of its own, of which there are ten. */
async function orderedOf(sku: string, as = 'alice') {
  await shop.sell(sku, { stock: { BER: 10 } });
  return shop.ordered(as, orderOf(sku, { lines: [{ sku, quantity: 2 }] }));
}

const typesOf = async (orderId: string) => (await shop.events(orderId)).map(({ type }) => type);

describe('a confirmed order that is cancelled', () => {
  test('returns the stock, the payment and the label', async () => {
    const { orderId } = await orderedOf('CANCEL-1');
    const answer = await shop.cancel(orderId, 'alice');
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ orderId, shippingAddress: { name: 'Alice Ahorn' } });
    await local.settled();
    expect(await shop.order(orderId)).toMatchObject({
      status: 'cancelled',
      paymentStatus: 'voided',
      fulfillmentStatus: 'unfulfilled',
      shipments: [{ status: 'cancelled' }],
    });
    expect(await shop.stock('CANCEL-1')).toMatchObject({ onHand: 10, available: 10, reserved: 0 });
    expect(await shop.books(orderId)).toMatchObject({
      payments: [{ status: 'canceled', capturableMinor: 0, capturedMinor: 0 }],
      parcels: [{ status: 'refunded' }],
    });
    expect((await typesOf(orderId)).slice(5)).toEqual([
      'CancellationRequested',
      'ShipmentCancelled',
      'PaymentVoided',
      'StockReleased',
      'OrderCancelled',
    ]);
    expect(await shop.summary(orderId)).toMatchObject({ status: 'cancelled', paymentStatus: 'voided' });
  });

  test('is cancelled once, for any number of requests', async () => {
    const { orderId } = await orderedOf('CANCEL-2');
    const answers = await Promise.all(Array.from({ length: 5 }, () => shop.cancel(orderId, 'alice')));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    await local.settled();
    const again = await shop.cancel(orderId, 'alice');
    expect(again).toMatchObject({ status: 202, body: { status: 'cancelled' } });
    const types = await typesOf(orderId);
    expect(types.filter((type) => type === 'CancellationRequested')).toHaveLength(1);
    expect(types.filter((type) => type === 'OrderCancelled')).toHaveLength(1);
    expect(await shop.stock('CANCEL-2')).toMatchObject({ onHand: 10, available: 10, reserved: 0 });
  });

  test('cannot be dispatched any more', async () => {
    const { orderId, shipments } = await orderedOf('CANCEL-3');
    await shop.cancel(orderId);
    const early = await shop.dispatch(orderId, shipments[0]?.shipmentId ?? '');
    expect(early).toMatchObject({ status: 409, body: { code: 'SHIPMENT_NOT_DISPATCHABLE' } });
    await local.settled();
    const late = await shop.dispatch(orderId, shipments[0]?.shipmentId ?? '');
    expect(late).toMatchObject({ status: 409, body: { code: 'SHIPMENT_NOT_DISPATCHABLE' } });
    expect((await shop.books(orderId)).payments).toMatchObject([{ capturedMinor: 0 }]);
  });

  test('is on hold when an undo cannot be completed, and can then be cancelled again', async () => {
    const { orderId } = await orderedOf('CANCEL-4');
    local.invokeFaults.add({ kind: 'fail', function: 'VoidPayment', times: Number.POSITIVE_INFINITY });
    await shop.cancel(orderId, 'alice');
    await local.settled();
    expect(await shop.order(orderId)).toMatchObject({
      status: 'on_hold',
      hold: { reason: 'compensation_failed', detail: expect.stringContaining('VoidPayment') },
    });
    expect(local.executions().filter(({ status }) => status === 'FAILED')).toHaveLength(1);
    local.invokeFaults.clear();
    await shop.cancel(orderId, 'alice');
    await local.settled();
    expect(await shop.order(orderId)).toMatchObject({ status: 'cancelled', paymentStatus: 'voided' });
    expect(await shop.stock('CANCEL-4')).toMatchObject({ onHand: 10, available: 10, reserved: 0 });
    expect(await shop.books(orderId)).toMatchObject({
      payments: [{ status: 'canceled' }],
      parcels: [{ status: 'refunded' }],
    });
  });
});

describe('an order that is cancelled while it is being placed', () => {
  // Its saga takes a second longer than usual, so that the cancellation is requested while it runs.
  beforeEach(() => {
    local.faults.add({
      kind: 'slow',
      function: 'BookShipment',
      table: 'Contacts',
      delayMs: 1_000,
      times: Number.POSITIVE_INFINITY,
    });
  });
  afterEach(() => local.faults.clear());

  test('ends as cancelled, with nothing held, charged or shipped', async () => {
    await shop.sell('EARLY', { stock: { BER: 10 } });
    const orders = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const { body } = await shop.place('alice', orderOf('EARLY'));
        const answer = await shop.cancel(body.orderId, 'alice');
        expect(answer).toMatchObject({ status: 202, body: { status: 'placed', version: 2 } });
        return body.orderId;
      }),
    );
    await local.settled();
    for (const orderId of orders) {
      const order = await shop.order(orderId);
      expect(order).toMatchObject({ status: 'cancelled', paymentStatus: 'voided' });
      expect(order).not.toHaveProperty('rejection');
      expect(await shop.books(orderId)).toMatchObject({
        payments: [{ status: 'canceled' }],
        parcels: [{ status: 'refunded' }],
      });
    }
    expect(await shop.stock('EARLY')).toMatchObject({ onHand: 10, available: 10, reserved: 0 });
  });

  test('ends as cancelled even when it would have been rejected', async () => {
    await shop.sell('NEVER', { stock: { BER: 1 } });
    const { body } = await shop.place('alice', orderOf('NEVER', { shippingAddress: { postalCode: '00000' } }));
    const cancelled = await shop.cancel(body.orderId, 'alice');
    expect(cancelled).toMatchObject({ status: 202, body: { status: 'placed' } });
    await local.settled();
    expect(await shop.order(body.orderId)).toMatchObject({ status: 'cancelled' });
    expect(await shop.stock('NEVER')).toMatchObject({ available: 1, reserved: 0 });
  });
});

describe('an order that is dispatched', () => {
  test('cannot be cancelled, from the request of its dispatch on', async () => {
    const { orderId, shipments, totals } = await orderedOf('GONE');
    await shop.dispatch(orderId, shipments[0]?.shipmentId ?? '');
    const during = await shop.cancel(orderId, 'alice');
    expect(during).toMatchObject({ status: 409, body: { code: 'ORDER_NOT_CANCELLABLE', status: 409 } });
    expect(during.headers.get('content-type')).toBe('application/problem+json');
    await local.settled();
    expect(await shop.cancel(orderId, 'sam:staff')).toMatchObject({
      status: 409,
      body: { code: 'ORDER_NOT_CANCELLABLE' },
    });
    expect(await shop.order(orderId)).toMatchObject({ status: 'confirmed', fulfillmentStatus: 'shipped' });
    expect((await shop.books(orderId)).payments).toMatchObject([
      { capturedMinor: totals.totalMinor, refundedMinor: 0 },
    ]);
  });

  test('is dispatched and charged once, for any number of requests of the warehouse', async () => {
    const { orderId, shipments, totals } = await orderedOf('TWICE');
    const shipmentId = shipments[0]?.shipmentId ?? '';
    const answers = await Promise.all(Array.from({ length: 4 }, () => shop.dispatch(orderId, shipmentId)));
    await local.settled();
    answers.push(await shop.dispatch(orderId, shipmentId));
    await local.settled();
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    const types = await typesOf(orderId);
    expect(types.filter((type) => type === 'ShipmentDispatched')).toHaveLength(1);
    expect((await shop.books(orderId)).payments).toMatchObject([
      { capturedMinor: totals.totalMinor, captures: [{ amountMinor: totals.totalMinor }] },
    ]);
    expect(await shop.stock('TWICE')).toMatchObject({ onHand: 8, available: 8, reserved: 0 });
  });

  test('needs a shipment of its own', async () => {
    const [mine, other] = [await orderedOf('MINE'), await orderedOf('OTHER')];
    const foreign = await shop.dispatch(mine.orderId, other.shipments[0]?.shipmentId ?? '');
    const unknown = await shop.dispatch(mine.orderId, 'shp_00000000000000000000000000');
    expect([foreign.status, unknown.status]).toEqual([404, 404]);
    expect(await shop.order(other.orderId)).toMatchObject({ shipments: [{ status: 'booked' }] });
  });

  test('that was not confirmed yet is refused', async () => {
    await shop.sell('SOON', { stock: { BER: 1 } });
    const order = await shop.ordered('alice', orderOf('SOON', { paymentMethodId: 'pm_card_chargeDeclined' }));
    const answer = await shop.dispatch(order.orderId, 'shp_00000000000000000000000000');
    expect(answer).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });
});

describe("another customer's order", () => {
  test('is not to be found: not read, not its history, not cancelled', async () => {
    const { orderId } = await orderedOf('PRIVATE');
    const before = await shop.order(orderId);
    const unknown = 'ord_00000000000000000000000000';
    for (const [method, tail] of [
      ['GET', ''],
      ['GET', '/events'],
      ['POST', '/cancel'],
    ] as const) {
      const foreign = await shop.ask('mallory', method, `/orders/${orderId}${tail}`);
      const missing = await shop.ask('mallory', method, `/orders/${unknown}${tail}`);
      expect(foreign).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
      // Exactly the same answer as for an order that does not exist.
      expect(foreign.text).toBe(missing.text);
    }
    expect(await shop.order(orderId)).toEqual(before);
  });

  test('is read and cancelled by its owner and staff, read by the warehouse, and never dispatched by customers', async () => {
    const { orderId, shipments } = await orderedOf('SHARED');
    const shipmentId = shipments[0]?.shipmentId ?? '';
    for (const [reader, eventsStatus] of [
      ['sam:staff', 200],
      ['alice', 200],
      ['will:warehouse', 404],
    ] as const) {
      expect((await shop.ask(reader, 'GET', `/orders/${orderId}`)).status).toBe(200);
      expect((await shop.ask(reader, 'GET', `/orders/${orderId}/events`)).status).toBe(eventsStatus);
    }
    expect(await shop.cancel(orderId, 'will:warehouse')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    for (const customer of ['alice', 'mallory']) {
      expect(await shop.dispatch(orderId, shipmentId, customer)).toMatchObject({
        status: 403,
        body: { code: 'FORBIDDEN' },
      });
    }
    expect(await shop.order(orderId)).toMatchObject({ status: 'confirmed', version: 2 });
    expect((await shop.dispatch(orderId, shipmentId, 'sam:staff')).status).toBe(202);
    await local.settled();
    expect((await shop.events(orderId)).map(({ actor }) => actor)).toContain('staff:sam');
  });
});
