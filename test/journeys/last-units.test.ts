import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderResource } from '../../api/orders.ts';
<<<<<<< HEAD
import { type Local, startLocal } from '../../local/index.ts';
=======
import type { Local } from '../../local/local.ts';
>>>>>>> aws
import { type OrderAnswer, orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';
import { expectBooksToBalance } from './audit.ts';

const buyers = 300;
const units = 100;
/** The whole sale on a machine with two cores that does other things as well. */
const saleMs = 120_000;

describe.each([
  { stock: 'that nobody prepared for them', peak: 0, path: 'T', shards: [1, 1] },
  { stock: 'in the shards of a prepared sale', peak: 1_000, path: 'J', shards: [4, 4] },
])('300 buyers at once for 100 units $stock', ({ peak, path, shards }) => {
  let local: Local;
  let shop: Shop;
  let answers: OrderAnswer[];
  let orders: OrderResource[];

  beforeAll(async () => {
    local = await startLocal({ port: 0, memory: true, retryScale: 0.1 });
    shop = new Shop(local);
    await shop.sell('HIT', { prices: { EUR: 9_900 }, stock: { BER: 60, VIE: 40 } });
    const plan = await shop.must('sam:staff', 'PUT', '/inventory/HIT/plan', { expectedPeakPerSecond: peak });
    expect(plan).toMatchObject({ path, locations: shards.map((count) => ({ shards: count })) });
    const names = Array.from({ length: buyers }, (_, index) => `buyer-${index}`);
    await Promise.all(names.map((name) => shop.token(name)));
    answers = await Promise.all(names.map((name) => shop.place(name, orderOf('HIT'))));
    await local.settled();
    const taken = answers.filter(({ status }) => status === 201);
    orders = await Promise.all(taken.map(({ body }) => shop.order(body.orderId)));
  }, saleMs);

  afterAll(() => local?.stop());

  test('are all taken in: nobody is turned away by a fault', () => {
    expect(answers.filter(({ status }) => status !== 201).map(({ status, text }) => [status, text])).toEqual([]);
    expect(new Set(answers.map(({ body }) => body.orderId)).size).toBe(buyers);
  });

  test('buy exactly 100, and the other 200 are told that it is out of stock', () => {
    const outcomes = Object.groupBy(orders, ({ status, rejection }) => `${status} ${rejection?.code ?? ''}`.trim());
    expect(Object.fromEntries(Object.entries(outcomes).map(([outcome, of]) => [outcome, of?.length]))).toEqual({
      confirmed: units,
      'rejected OUT_OF_STOCK': buyers - units,
    });
  });

  test('leave no hold, charge or label behind that is not an order', async () => {
    await expectBooksToBalance(shop, orders, { HIT: { BER: 60, VIE: 40 } });
    expect(await shop.stock('HIT')).toMatchObject({ onHand: units, available: 0, reserved: units });
    const { payments, parcels } = await shop.books();
    expect([payments.length, parcels.length]).toEqual([units, units]);
  });

  test('are found in the lists as they ended', async () => {
    const counted: Record<string, number> = {};
    for (const status of ['confirmed', 'rejected', 'placed', 'on_hold']) {
      let cursor = '';
      counted[status] = 0;
      do {
        const path = `/orders?status=${status}&limit=100${cursor && `&cursor=${cursor}`}`;
        const page = await shop.must<{ items: unknown[]; nextCursor?: string }>('sam:staff', 'GET', path);
        counted[status] += page.items.length;
        cursor = page.nextCursor ?? '';
      } while (cursor !== '');
    }
    expect(counted).toEqual({ confirmed: units, rejected: buyers - units, placed: 0, on_hold: 0 });
  });

  test('cost no saga its end and leave nothing in a dead-letter queue', () => {
    expect(local.executions().filter(({ status }) => status !== 'SUCCEEDED')).toEqual([]);
    expect(local.deadLetters()).toEqual([]);
  });
});
