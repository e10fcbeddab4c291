import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderResource } from '../../api/orders.ts';
import type { Local } from '../../local/index.ts';
import { orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';

let local: Local;
let shop: Shop;

/** Short enough for a test to wait for, and long enough to confirm an order in time on a busy machine. */
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
  // The first order starts every function of its saga, which may take longer than stock is held in this test.
  await shop.sell('WARM-UP', { stock: { BER: 1 } });
  await shop.ordered('alice', orderOf('WARM-UP'));
  await local.invoke('ResumeUnfinished', {});
});

afterAll(() => local?.stop());

const declined = (sku: string) => orderOf(sku, { paymentMethodId: 'pm_card_chargeDeclined' });

describe('when all holds have expired', () => {
  let kept: OrderResource;
  let stuck: OrderResource;

  beforeAll(async () => {
    await shop.sell('KEPT', { stock: { BER: 3 } });
    await shop.sell('STUCK', { stock: { BER: 1 } });
    await shop.sell('MANY', { stock: { BER: 4 } });
    kept = await shop.ordered('alice', orderOf('KEPT'));
    local.invokeFaults.add({ kind: 'fail', function: 'ReleaseStock', times: Number.POSITIVE_INFINITY });
    stuck = await shop.ordered('alice', declined('STUCK'));
    await Promise.all(['alice', 'bob', 'carol'].map((name) => shop.place(name, declined('MANY'))));
    await local.settled();
    local.invokeFaults.clear();
    expect(kept.status).toBe('confirmed');
    expect(stuck).toMatchObject({ status: 'on_hold', hold: { reason: 'compensation_failed' } });
    expect(await shop.stock('STUCK')).toMatchObject({ onHand: 1, available: 0, reserved: 1 });
    expect(await shop.stock('MANY')).toMatchObject({ onHand: 4, available: 1, reserved: 3 });
    await sleep(holdMs + 50);
    // The schedule may start the next run while one is still running.
    await Promise.all([1, 2, 3].map(() => local.invoke('ResumeUnfinished', {})));
    await local.invoke('ResumeUnfinished', {});
  });

  test('a hold whose order was confirmed in time remains', async () => {
    expect(await shop.stock('KEPT')).toMatchObject({ onHand: 3, available: 2, reserved: 1 });
    expect(await shop.dispatched(kept)).toMatchObject({ fulfillmentStatus: 'shipped', paymentStatus: 'captured' });
    expect(await shop.stock('KEPT')).toMatchObject({ onHand: 2, available: 2, reserved: 0 });
  });

  test('the other holds are released, each of them once', async () => {
    expect(await shop.stock('MANY')).toMatchObject({ onHand: 4, available: 4, reserved: 0 });
  });

  test('a released unit is sold to another customer, who keeps it for any outcome of the first order', async () => {
    expect(await shop.stock('STUCK')).toMatchObject({ onHand: 1, available: 1, reserved: 0 });
    expect(await shop.ordered('bob', orderOf('STUCK'))).toMatchObject({ status: 'confirmed' });
    await shop.cancel(stuck.orderId);
    await local.settled();
    expect(await shop.order(stuck.orderId)).toMatchObject({ status: 'cancelled' });
    expect(await shop.stock('STUCK')).toMatchObject({ onHand: 1, available: 0, reserved: 1 });
  });
});

test('an order whose hold expired before its confirmation is rejected, with nothing held or charged', async () => {
  await shop.sell('LATE', { stock: { BER: 3 } });
  // BookShipment takes longer than the stock is held.
  local.faults.add({ kind: 'slow', function: 'BookShipment', table: 'Contacts', delayMs: holdMs + 100 });
  const order = await shop.ordered('alice', orderOf('LATE'));
  expect(order).toMatchObject({ status: 'rejected', rejection: { code: 'HOLD_EXPIRED' }, paymentStatus: 'voided' });
  expect(await shop.stock('LATE')).toMatchObject({ onHand: 3, available: 3, reserved: 0 });
  expect(await shop.books(order.orderId)).toMatchObject({
    payments: [{ status: 'canceled' }],
    parcels: [{ status: 'refunded' }],
  });
});
