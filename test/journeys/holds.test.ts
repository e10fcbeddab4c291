import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderResource } from '../../api/orders.ts';
<<<<<<< HEAD
import { type Local, startLocal } from '../../local/index.ts';
=======
import type { Local } from '../../local/local.ts';
>>>>>>> aws
import { orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';

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

const declined = (sku: string) => orderOf(sku, { paymentMethodId: 'pm_card_chargeDeclined' });

describe('when the time of all holds is over', () => {
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
    // The schedule may well start the next run while one is under way.
    await Promise.all([1, 2, 3].map(() => local.invoke('ExpireHolds', {})));
    await local.invoke('ExpireHolds', {});
  });

  test('one whose order was confirmed in time is as good as before', async () => {
    expect(await shop.stock('KEPT')).toMatchObject({ onHand: 3, available: 2, reserved: 1 });
    expect(await shop.dispatched(kept)).toMatchObject({ fulfillmentStatus: 'shipped', paymentStatus: 'captured' });
    expect(await shop.stock('KEPT')).toMatchObject({ onHand: 2, available: 2, reserved: 0 });
  });

  test('those that nobody could give back are given back, each of them once', async () => {
    expect(await shop.stock('MANY')).toMatchObject({ onHand: 4, available: 4, reserved: 0 });
  });

  test('a unit that was given back is sold to somebody else, and is theirs whatever becomes of the first order', async () => {
    expect(await shop.stock('STUCK')).toMatchObject({ onHand: 1, available: 1, reserved: 0 });
    expect(await shop.ordered('bob', orderOf('STUCK'))).toMatchObject({ status: 'confirmed' });
    await shop.cancel(stuck.orderId);
    await local.settled();
    expect(await shop.order(stuck.orderId)).toMatchObject({ status: 'cancelled' });
    expect(await shop.stock('STUCK')).toMatchObject({ onHand: 1, available: 0, reserved: 1 });
  });
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
