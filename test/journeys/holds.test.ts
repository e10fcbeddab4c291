import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Local } from '../../local/local.ts';
import { startLocal } from '../../local/start-local.ts';
import { orderOf, Shop } from '../support/orders.ts';

let local: Local;
let shop: Shop;

/** Short enough to wait for; long enough for an order to be confirmed in time on a busy machine. */
const holdMs = 2_000;

beforeAll(async () => {
  local = await startLocal({
    port: 0,
    memory: true,
    retryScale: 0.01,
    schedules: false,
    logLevel: 'SILENT',
    environment: { HOLD_SECONDS: String(holdMs / 1_000) },
  });
  shop = new Shop(local);
  // The first order starts every function on its way, which may take longer than stock is held here.
  await shop.sell('WARM-UP', { stock: { BER: 1 } });
  await shop.ordered('alice', orderOf('WARM-UP'));
  await local.invoke('ExpireHolds', {});
});

afterAll(() => local?.stop());
afterEach(() => {
  local.faults.clear();
  local.invokeFaults.clear();
});

const holdTime = () => sleep(holdMs + 50);

test('a hold whose order was confirmed in time never expires', async () => {
  await shop.sell('KEPT', { stock: { BER: 3 } });
  const order = await shop.ordered('alice', orderOf('KEPT'));
  expect(order.status).toBe('confirmed');
  await holdTime();
  await local.invoke('ExpireHolds', {});
  expect(await shop.stock('KEPT')).toMatchObject({ onHand: 3, available: 2, reserved: 1 });
  expect(await shop.dispatched(order)).toMatchObject({ fulfillmentStatus: 'shipped', paymentStatus: 'captured' });
});

test('an order whose hold ran out before it was confirmed is rejected, with nothing held or charged', async () => {
  await shop.sell('LATE', { stock: { BER: 3 } });
  // The step that books the shipment takes longer than the stock is held.
  local.faults.add({ kind: 'slow', function: 'BookShipment', table: 'Contacts', delayMs: holdMs + 100 });
  const order = await shop.ordered('alice', orderOf('LATE'));
  expect(order).toMatchObject({ status: 'rejected', rejection: { code: 'HOLD_EXPIRED' }, paymentStatus: 'voided' });
  expect(await shop.stock('LATE')).toMatchObject({ onHand: 3, available: 3, reserved: 0 });
  expect(await shop.books(order.orderId)).toMatchObject({
    payments: [{ status: 'canceled' }],
    parcels: [{ status: 'refunded' }],
  });
});

test('a hold that nobody could give back is given back when its time is over, and sold to somebody else', async () => {
  await shop.sell('STUCK', { stock: { BER: 1 } });
  local.invokeFaults.add({ kind: 'fail', function: 'ReleaseStock', times: Number.POSITIVE_INFINITY });
  const stuck = await shop.ordered('alice', orderOf('STUCK', { paymentMethodId: 'pm_card_chargeDeclined' }));
  expect(stuck).toMatchObject({ status: 'on_hold', hold: { reason: 'compensation_failed' } });
  local.invokeFaults.clear();
  expect(await shop.stock('STUCK')).toMatchObject({ onHand: 1, available: 0, reserved: 1 });

  await holdTime();
  await local.invoke('ExpireHolds', {});
  expect(await shop.stock('STUCK')).toMatchObject({ onHand: 1, available: 1, reserved: 0 });
  expect(await shop.ordered('bob', orderOf('STUCK'))).toMatchObject({ status: 'confirmed' });

  await shop.cancel(stuck.orderId);
  await local.settled();
  expect(await shop.order(stuck.orderId)).toMatchObject({ status: 'cancelled' });
  // Bob's unit is not given back with the order that no longer holds it.
  expect(await shop.stock('STUCK')).toMatchObject({ onHand: 1, available: 0, reserved: 1 });
});

test('the schedule may run twice at once and find nothing: holds are given back once', async () => {
  await shop.sell('ONCE', { stock: { BER: 4 } });
  local.invokeFaults.add({ kind: 'fail', function: 'ReleaseStock', times: Number.POSITIVE_INFINITY });
  const declined = orderOf('ONCE', { paymentMethodId: 'pm_card_chargeDeclined' });
  await Promise.all([shop.place('alice', declined), shop.place('bob', declined), shop.place('carol', declined)]);
  await local.settled();
  expect(await shop.stock('ONCE')).toMatchObject({ available: 1, reserved: 3 });
  await holdTime();
  await Promise.all([1, 2, 3].map(() => local.invoke('ExpireHolds', {})));
  await local.invoke('ExpireHolds', {});
  expect(await shop.stock('ONCE')).toMatchObject({ onHand: 4, available: 4, reserved: 0 });
});
