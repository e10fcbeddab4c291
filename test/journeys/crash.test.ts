import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { OrderResource, OrderSummary } from '../../api/orders.ts';
<<<<<<< HEAD
import { type Local, startLocal } from '../../local/index.ts';
=======
import type { Local } from '../../local/local.ts';
>>>>>>> aws
import { orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';
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

/** What was acknowledged; of a request without an answer nothing is known. */
interface Promised {
  /** Order by key. */
  readonly placed: Map<string, string>;
  readonly cancelled: Set<string>;
  readonly dispatched: Set<string>;
}

/** Places orders with fixed keys while older ones are dispatched and cancelled, until the power goes off. */
async function workUntilPowerFails(
  shop: Shop,
  {
    keys,
    dispatch,
    cancel,
    promised,
  }: { keys: readonly string[]; dispatch: OrderResource; cancel: OrderResource; promised: Promised },
): Promise<void> {
  const known = promised.placed.size;
  let off: Promise<void> | undefined;
  const acknowledged = () => {
    const { placed, cancelled, dispatched } = promised;
    const inTheMiddle = placed.size >= known + keys.length / 4;
    if (inTheMiddle && cancelled.has(cancel.orderId) && dispatched.has(dispatch.orderId)) off ??= local.kill();
  };
  const requests = [
    async () => {
      const { status } = await shop.dispatch(dispatch.orderId, dispatch.shipments[0]?.shipmentId ?? '');
      if (status === 202) promised.dispatched.add(dispatch.orderId);
    },
    async () => {
      if ((await shop.cancel(cancel.orderId)).status === 202) promised.cancelled.add(cancel.orderId);
    },
    ...keys.map((key, index) => async () => {
      const { status, body } = await shop.place('alice', bodyOf(index), key);
      if (status === 201) promised.placed.set(key, body.orderId);
    }),
  ];
  // Sockets break when the power goes off: such a request was not answered, and that is all that is known of it.
  await Promise.all(requests.map((request) => request().then(acknowledged, () => undefined)));
  expect(off, 'the power did not fail').toBeDefined();
  await off;
}

test('a machine that loses its power again and again keeps every promise, and all orders end', async () => {
  const promised: Promised = { placed: new Map(), cancelled: new Set(), dispatched: new Set() };
  const keys = Array.from({ length: 28 }, (_, index) => `key-${index}`);

  let shop = await start();
  await shop.sell('PLENTY', { prices: { EUR: 700 }, stock: { BER: 300, VIE: 100 } });
  await shop.sell('RARE', { prices: { EUR: 4_200 }, stock: { BER: 5 } });
  const [one, two, three, four] = (await Promise.all(
    [1, 2, 3, 4].map(async () => (await shop.place('bob', orderOf('PLENTY'))).body.orderId),
  ).then(async (ids) => {
    await local.settled();
    return Promise.all(ids.map((orderId) => shop.order(orderId)));
  })) as [OrderResource, OrderResource, OrderResource, OrderResource];
  await workUntilPowerFails(shop, { keys: keys.slice(0, 20), dispatch: one, cancel: two, promised });

  shop = await start();
  await workUntilPowerFails(shop, { keys, dispatch: three, cancel: four, promised });

  shop = await start();
  await local.settled();
  for (const [key, orderId] of promised.placed) {
    const replay = await shop.place('alice', bodyOf(keys.indexOf(key)), key);
    expect(replay).toMatchObject({ status: 201, body: { orderId } });
    expect(replay.headers.get('idempotent-replayed')).toBe('true');
  }
  const { items } = await shop.must<{ items: OrderSummary[] }>('sam:staff', 'GET', '/orders?limit=100');
  expect(items.map(({ orderId }) => orderId)).toEqual(expect.arrayContaining([...promised.placed.values()]));

  const all: OrderResource[] = [];
  for (const summary of items) {
    const order = await shop.order(summary.orderId);
    expect(summary).toMatchObject({ status: order.status, version: order.version });
    const events = await shop.events(order.orderId);
    expect(events.at(-1)?.sequence).toBe(order.version);
    all.push(order);
  }
  const atLast = (orderId: string) => all.find((order) => order.orderId === orderId);
  for (const orderId of promised.cancelled) expect(atLast(orderId)).toMatchObject({ status: 'cancelled' });
  for (const orderId of promised.dispatched) expect(atLast(orderId)).toMatchObject({ fulfillmentStatus: 'shipped' });
  await expectBooksToBalance(shop, all, { PLENTY: { BER: 300, VIE: 100 }, RARE: { BER: 5 } });
  expect(local.deadLetters()).toEqual([]);
}, 120_000);
