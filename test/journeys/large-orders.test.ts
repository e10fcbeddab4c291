import { BatchWriteItemCommand, DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderResource } from '../../api/orders.ts';
import type { Local } from '../../local/index.ts';
import { orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';
import { expectBooksToBalance } from './audit.ts';

const locations = ['BER', 'VIE', 'ZRH'];
/** More stock items than one transaction changes, and fewer than the lines of an order: each SKU is on three lines. */
const skus = Array.from({ length: 166 }, (_, index) => `LONG-${index}-`.padEnd(64, 'x'));
const last = 'LAST';
/** The longest title of a product. */
const title = 'Ä'.repeat(200);
const locationOf = (index: number) => locations[index % locations.length] ?? '';

let local: Local;
let shop: Shop;

beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true, retryScale: 0.1, throttling: false, logLevel: 'SILENT' });
  shop = new Shop(local);
  await Promise.all(
    locations.map((location, index) =>
      shop.sell(skus[index] ?? '', { product: { title }, prices: { EUR: 100 }, stock: { [location]: 9 } }),
    ),
  );
  await shop.sell(last);
  await local.settled();
  await sellAsManyAs(skus);
  await local.settled();
});
afterAll(() => local?.stop());

/** Copies the items of the first SKU of each location for all others, which is faster than selling each over HTTP. */
async function sellAsManyAs(all: readonly string[]): Promise<void> {
  const credentials = { accessKeyId: 'operator', secretAccessKey: 'operator' };
  const client = new DynamoDBClient({ endpoint: local.awsUrl, region: 'us-east-1', credentials });
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const kinds = [
    { table: 'Catalog', key: 'sku', isCopied: () => true },
    { table: 'Inventory', key: 'pk', isCopied: (name: string) => /^[IPC]#/.test(name) },
  ];
  for (const { table, key, isCopied } of kinds) {
    const name = TableNames.find((each) => each.endsWith(table)) ?? '';
    const { Items = [] } = await client.send(new ScanCommand({ TableName: name }));
    const copies = all.slice(locations.length).flatMap((sku, index) => {
      const original = all[index % locations.length] ?? '';
      const mine = Items.filter((item) => isCopied(item[key]?.S ?? '') && JSON.stringify(item).includes(original));
      return mine.map((item) => {
        const copy = JSON.parse(JSON.stringify(item).replaceAll(original, sku)) as typeof item;
        return copy[key]?.S?.startsWith('C#') ? { ...copy, [key]: { S: `${copy[key].S}-${sku}` } } : copy;
      });
    });
    for (let start = 0; start < copies.length; start += 25) {
      const puts = copies.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
      await client.send(new BatchWriteItemCommand({ RequestItems: { [name]: puts } }));
    }
  }
  client.destroy();
}

/** 500 lines: each SKU on three of them, the first two also on a fourth, with a note. */
function large() {
  const lines = Array.from({ length: 500 }, (_, index) => ({
    ...{ sku: skus[index % skus.length] ?? '', quantity: 1 },
    ...(index === 499 && { lineNote: 'For Ada, please' }),
  }));
  return orderOf(last, { lines });
}

const reservedOf = async (some: readonly string[]) => {
  const found = await Promise.all(some.map((sku) => shop.stock(sku)));
  return found.map(({ reserved }) => reserved);
};

describe('an order of 500 lines', () => {
  let order: OrderResource;

  test('from three locations is confirmed and dispatched', async () => {
    order = await shop.ordered('alice', large());
    expect(order).toMatchObject({ status: 'confirmed', paymentStatus: 'authorized' });
    expect(order.shipments.map(({ location }) => location).sort()).toEqual(locations);
    const shipped = order.shipments.flatMap(({ lines }) => lines);
    expect(shipped.map(({ lineId }) => Number(lineId)).sort((a, b) => a - b)).toEqual(
      order.lines.map((_, index) => index + 1),
    );
    expect(await reservedOf(skus.slice(0, 3))).toEqual([4, 4, 3]);
    await Promise.all(order.shipments.map(({ shipmentId }) => shop.dispatch(order.orderId, shipmentId)));
    await local.settled();
    order = await shop.order(order.orderId);
    expect(order).toMatchObject({ fulfillmentStatus: 'shipped', paymentStatus: 'captured' });
    expect(await reservedOf(skus.slice(0, 3))).toEqual([0, 0, 0]);
    expect(await shop.stock(skus[0] ?? '')).toMatchObject({ onHand: 5, available: 5 });
    const [first, second] = skus.map((sku, index) => ({ [sku]: { [locationOf(index)]: 9 } }));
    await expectBooksToBalance(shop, [order], { ...first, ...second });
  }, 60_000);

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
    const { lines } = large();
    const refused = await shop.ordered(
      'alice',
      orderOf(last, { lines: [...lines.slice(0, 499), { sku: last, quantity: 1 }] }),
    );
    expect(refused).toMatchObject({ status: 'rejected', rejection: { code: 'OUT_OF_STOCK' } });
    expect(await reservedOf(skus.slice(0, 5))).toEqual(before);
  });

  test('holds all or nothing when a run of ReserveStock ends between its writes and a rival buys the last unit', async () => {
    const some = skus.slice(0, 120);
    for (const calls of [60, 123]) {
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
