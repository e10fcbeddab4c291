import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderResource } from '../../api/orders.ts';
import type { Local } from '../../local/index.ts';
import { orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';
import { expectBooksToBalance } from './audit.ts';

const locations = ['BER', 'VIE', 'ZRH'];
const skus = Array.from({ length: 499 }, (_, index) => `LONG-${index}-`.padEnd(64, 'x'));
const last = 'LAST';
/** The longest title of a product. */
const title = 'Ä'.repeat(200);
const locationOf = (index: number) => locations[index % locations.length] ?? '';

let local: Local;
let shop: Shop;

beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true, retryScale: 0.1, throttling: false });
  shop = new Shop(local);
  for (const location of locations) await shop.locate(location);
  const all = [...skus.entries()];
  for (let start = 0; start < all.length; start += 25) {
    await Promise.all(
      all
        .slice(start, start + 25)
        .map(([index, sku]) =>
          shop.sell(sku, { product: { title }, prices: { EUR: 100 }, stock: { [locationOf(index)]: 9 } }),
        ),
    );
  }
  await shop.sell(last);
});
afterAll(() => local?.stop());

/** An order of all SKUs, the first of them on two lines. */
const large = (quantity: number) => {
  const lines = skus.map((sku) => ({ sku, quantity }));
  return orderOf(last, { lines: [...lines, { sku: skus[0] ?? '', quantity: 1, lineNote: 'For Ada, please' }] });
};

const reservedOf = async (some: readonly string[]) => {
  const found = await Promise.all(some.map((sku) => shop.stock(sku)));
  return found.map(({ reserved }) => reserved);
};

describe('an order of 500 lines', () => {
  let order: OrderResource;

  test('from three locations is confirmed and dispatched', async () => {
    order = await shop.ordered('alice', large(1));
    expect(order).toMatchObject({ status: 'confirmed', paymentStatus: 'authorized' });
    expect(order.shipments.map(({ location }) => location).sort()).toEqual(locations);
    const shipped = order.shipments.flatMap(({ lines }) => lines);
    expect(shipped.map(({ lineId }) => Number(lineId)).sort((a, b) => a - b)).toEqual(
      order.lines.map((_, index) => index + 1),
    );
    expect(await reservedOf(skus.slice(0, 3))).toEqual([2, 1, 1]);
    order = await shop.dispatched(order);
    expect(order).toMatchObject({ fulfillmentStatus: 'shipped', paymentStatus: 'captured' });
    expect(await reservedOf(skus.slice(0, 3))).toEqual([0, 0, 0]);
    expect(await shop.stock(skus[0] ?? '')).toMatchObject({ onHand: 7, available: 7 });
    const [first, second] = skus.map((sku, index) => ({ [sku]: { [locationOf(index)]: 9 } }));
    await expectBooksToBalance(shop, [order], { ...first, ...second });
  });

  test('shows the note on a line to its customer, staff and the warehouse, and to nobody in its history', async () => {
    for (const as of ['alice', 'sam:staff', 'will:warehouse']) {
      const { lines, contact } = await shop.order(order.orderId, as);
      expect(lines.map(({ lineNote }) => lineNote).filter(Boolean)).toEqual(['For Ada, please']);
      expect(contact === undefined).toBe(as === 'will:warehouse');
    }
    expect(JSON.stringify(await shop.events(order.orderId))).not.toContain('Ada');
  });

  test('holds nothing when its last line is out of stock', async () => {
    const before = await reservedOf(skus.slice(0, 5));
    const { lines } = large(1);
    const refused = await shop.ordered(
      'alice',
      orderOf(last, { lines: [...lines.slice(0, 499), { sku: last, quantity: 1 }] }),
    );
    expect(refused).toMatchObject({ status: 'rejected', rejection: { code: 'OUT_OF_STOCK' } });
    expect(await reservedOf(skus.slice(0, 5))).toEqual(before);
  });

  test('holds all or nothing when a run of ReserveStock ends between its writes and a rival buys the last unit', async () => {
    const some = skus.slice(0, 120);
    for (const calls of [3, 60, 123, 130]) {
      await shop.receive(last, 'BER', 1);
      const before = await reservedOf(some.slice(0, 10));
      const lines = [...some, last].map((sku) => ({ sku, quantity: 1 }));
      const endOfRun = interruptReserveStock(calls);
      const placed = await shop.place('alice', orderOf(last, { lines }));
      await endOfRun;
      const rival = await shop.place('bob', orderOf(last));
      await local.settled();
      const [mine, theirs] = [await shop.order(placed.body.orderId), await shop.order(rival.body.orderId)];
      expect([mine.status, theirs.status].sort(), `after ${calls} calls`).toEqual(['confirmed', 'rejected']);
      const held = mine.status === 'confirmed' ? 1 : 0;
      expect(await reservedOf(some.slice(0, 10))).toEqual(before.map((units) => units + held));
    }
  });
});

/** Lets no call of ReserveStock pass for a moment after some calls, as if its process had ended. @returns its end. */
function interruptReserveStock(calls: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isOver = false;
  let count = 0;
  local.faults.add({
    kind: 'reset',
    function: 'ReserveStock',
    times: Number.POSITIVE_INFINITY,
    when: () => {
      count += 1;
      if (count === calls + 1) {
        setTimeout(() => {
          isOver = true;
          local.faults.clear();
          resolve();
        }, 1_500);
      }
      return count > calls && !isOver;
    },
  });
  return promise;
}
