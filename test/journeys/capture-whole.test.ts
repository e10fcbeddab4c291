import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OrderResource } from '../../api/orders.ts';
import type { Local } from '../../local/index.ts';
import { orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';

let local: Local;
let shop: Shop;

beforeAll(async () => {
  const context = { captureWhole: 'first-dispatch' };
  local = await startLocal({ port: 0, memory: true, retryScale: 0.01, logLevel: 'SILENT', context });
  shop = new Shop(local);
}, 180_000);
afterAll(() => local?.stop());

/** An order whose units come from as many locations as there are numbers. */
async function confirmed(sku: string, units: readonly number[], paymentMethodId: string): Promise<OrderResource> {
  const stock = Object.fromEntries(units.map((count, index) => [`LOC${index}`, count]));
  await shop.sell(sku, { stock });
  const quantity = units.reduce((sum, count) => sum + count, 0);
  const order = await shop.ordered('alice', orderOf(sku, { lines: [{ sku, quantity }], paymentMethodId }));
  expect(order).toMatchObject({ status: 'confirmed', shipments: units.map(() => ({ status: 'booked' })) });
  return order;
}

async function dispatch(order: OrderResource, index: number): Promise<OrderResource> {
  expect((await shop.dispatch(order.orderId, order.shipments[index]?.shipmentId ?? '')).status).toBe(202);
  await local.settled();
  return shop.order(order.orderId);
}

test.each([2, 3])(
  'a payment that can be captured once is captured whole with the first of %i parcels, and no later one takes anything',
  async (parcels) => {
    const units = Array.from({ length: parcels }, (_, index) => parcels - index);
    const order = await confirmed(`ONCE${parcels}`, units, 'pm_sandbox_singleCapture');
    const total = order.totals.totalMinor;
    const first = await dispatch(order, 0);
    expect(first).toMatchObject({
      ...{ status: 'confirmed', paymentStatus: 'captured', fulfillmentStatus: 'partially_shipped' },
      payment: { capturedMinor: total, authorizedMinor: total },
    });
    for (let index = 1; index < parcels; index++) await dispatch(order, index);
    expect(await shop.order(order.orderId)).toMatchObject({
      ...{ status: 'confirmed', paymentStatus: 'captured', fulfillmentStatus: 'shipped' },
      payment: { capturedMinor: total, refundedMinor: 0 },
    });
    const { payments } = await shop.books(order.orderId);
    expect(payments.map(({ captures }) => captures.map(({ amountMinor }) => amountMinor))).toEqual([[total]]);
  },
);

test('parcels that are dispatched at the same time are paid for once', async () => {
  const order = await confirmed('BOTH', [2, 1], 'pm_sandbox_singleCapture');
  await Promise.all(order.shipments.map(({ shipmentId }) => shop.dispatch(order.orderId, shipmentId)));
  await local.settled();
  expect(await shop.order(order.orderId)).toMatchObject({ paymentStatus: 'captured', fulfillmentStatus: 'shipped' });
  expect((await shop.books(order.orderId)).payments).toMatchObject([{ capturedMinor: order.totals.totalMinor }]);
});

test('a capture of the whole whose answer is lost is found, and the other parcel takes nothing', async () => {
  const order = await confirmed('LOST', [2, 1], 'pm_sandbox_singleCapture');
  local.invokeFaults.add({ kind: 'lost', function: 'CapturePayment', error: 'TransientFault', times: 1 });
  await dispatch(order, 0);
  await dispatch(order, 1);
  expect(await shop.order(order.orderId)).toMatchObject({
    ...{ paymentStatus: 'captured', fulfillmentStatus: 'shipped' },
    payment: { capturedMinor: order.totals.totalMinor },
  });
  expect((await shop.books(order.orderId)).payments[0]?.captures).toHaveLength(1);
});

test('an order is cancelled between two parcels: the whole is given back', async () => {
  const order = await confirmed('BACK', [2, 1], 'pm_sandbox_singleCapture');
  local.invokeFaults.add({ kind: 'lost', function: 'CapturePayment', error: 'TypeError', times: 1 });
  await dispatch(order, 0);
  expect((await shop.cancel(order.orderId)).status).toBe(202);
  await local.settled();
  expect(await shop.order(order.orderId)).toMatchObject({ status: 'cancelled' });
  const total = order.totals.totalMinor;
  expect((await shop.books(order.orderId)).payments).toMatchObject([{ capturedMinor: total, refundedMinor: total }]);
});

test('a payment that can be captured in parts is captured parcel by parcel', async () => {
  const order = await confirmed('PARTS', [2, 1], 'pm_card_visa');
  expect(await dispatch(order, 0)).toMatchObject({ paymentStatus: 'partially_captured' });
  expect(await dispatch(order, 1)).toMatchObject({ paymentStatus: 'captured', fulfillmentStatus: 'shipped' });
  expect((await shop.books(order.orderId)).payments[0]?.captures).toHaveLength(2);
});
