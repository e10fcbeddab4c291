import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import type { Local } from '../../local/local.ts';
import { startLocal } from '../../local/start-local.ts';
import { orderOf, Shop } from '../support/orders.ts';
import { expectBooksToBalance } from './audit.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-crash-'));
let local: Local;

afterAll(async () => {
  await local?.stop();
  rmSync(dataDir, { recursive: true });
});

const start = async (): Promise<Shop> => {
  local = await startLocal({ port: 0, dataDir, retryScale: 0.05, logLevel: 'SILENT' });
  return new Shop(local);
};

/** All ways that an order may go, in turns. */
const ways = [
  {},
  { lines: [{ sku: 'RARE', quantity: 1 }] },
  { paymentMethodId: 'pm_card_chargeDeclined' },
  { shippingAddress: { postalCode: '00000' } },
  {
    lines: [
      { sku: 'PLENTY', quantity: 2 },
      { sku: 'RARE', quantity: 1 },
    ],
  },
  { paymentMethodId: 'pm_sandbox_lostAck' },
  { shippingAddress: { postalCode: '00002' } },
];
const bodyOf = (index: number) => orderOf('PLENTY', ways[index % ways.length]);

/** What was asked for and acknowledged; a request without an answer is in neither. */
interface Promised {
  readonly placed: Map<string, string>;
  readonly cancelled: Set<string>;
  readonly dispatched: Set<string>;
}

/** Places orders with fixed keys, and cancels or dispatches some of the older ones, until the power goes off. */
async function workUntilPowerFails(shop: Shop, keys: readonly string[], promised: Promised, powerFailsAfter: number) {
  const before = promised.placed.size;
  let off: Promise<void> | undefined;
  const act = async (key: string, index: number) => {
    const { status, body } = await shop.place('alice', bodyOf(index), key);
    if (status === 201) promised.placed.set(key, body.orderId);
    if (promised.placed.size >= before + powerFailsAfter) off ??= local.kill();
    const orderId = [...promised.placed.values()][index - 7];
    if (orderId === undefined) return;
    if (index % 3 === 0) {
      if ((await shop.cancel(orderId)).status === 202) promised.cancelled.add(orderId);
    } else {
      const order = await shop.order(orderId);
      const shipmentId = order.shipments[0]?.shipmentId;
      if (shipmentId === undefined) return;
      if ((await shop.dispatch(orderId, shipmentId)).status === 202) promised.dispatched.add(shipmentId);
    }
  };
  // Sockets break when the power goes off: such a request was not answered, and that is all that is known of it.
  await Promise.all(keys.map((key, index) => act(key, index).catch(() => undefined)));
  await off;
  expect(off, 'the power did not fail').toBeDefined();
}

/** The key of a request that the power failed in stays locked until its function would have ended at the latest. */
async function placeAgain(shop: Shop, key: string, index: number): Promise<string> {
  for (;;) {
    const { status, headers, body } = await shop.place('alice', bodyOf(index), key);
    if (status === 201) return body.orderId;
    expect([status, body.code]).toEqual([409, 'IDEMPOTENCY_IN_PROGRESS']);
    await sleep(Number(headers.get('retry-after')) * 1_000);
  }
}

test('a machine that loses its power again and again keeps every promise, and all orders end', async () => {
  const promised: Promised = { placed: new Map(), cancelled: new Set(), dispatched: new Set() };
  const keys = Array.from({ length: 60 }, (_, index) => `key-${index}`);

  let shop = await start();
  await shop.sell('PLENTY', { prices: { EUR: 700 }, stock: { BER: 300, VIE: 100 } });
  await shop.sell('RARE', { prices: { EUR: 4_200 }, stock: { BER: 9 } });
  await workUntilPowerFails(shop, keys.slice(0, 40), promised, 20);

  shop = await start();
  await workUntilPowerFails(shop, keys, promised, 8);

  shop = await start();
  await local.settled();
  // Whoever got no answer asks again with the same key, as a client should.
  const orders = new Map(
    await Promise.all(keys.map(async (key, index) => [key, await placeAgain(shop, key, index)] as const)),
  );
  await local.settled();

  for (const [key, orderId] of promised.placed) expect([key, orders.get(key)]).toEqual([key, orderId]);
  const all = await Promise.all([...orders.values()].map((orderId) => shop.order(orderId)));
  for (const order of all) {
    if (promised.cancelled.has(order.orderId))
      expect([order.orderId, order.status]).toEqual([order.orderId, 'cancelled']);
    for (const { shipmentId, status } of order.shipments) {
      if (promised.dispatched.has(shipmentId)) expect([shipmentId, status]).toEqual([shipmentId, 'dispatched']);
    }
    const events = await shop.events(order.orderId);
    expect(events.map(({ sequence }) => sequence).at(-1)).toBe(order.version);
    expect(await shop.summary(order.orderId)).toMatchObject({ status: order.status, version: order.version });
  }
  expect(promised.dispatched.size + promised.cancelled.size).toBeGreaterThan(0);
  await expectBooksToBalance(shop, all, { PLENTY: 400, RARE: 9 });
  expect(local.deadLetters()).toEqual([]);
}, 120_000);
