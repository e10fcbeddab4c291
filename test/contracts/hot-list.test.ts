import { BatchGetItemCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toInstant } from '../../functions/shared/kernel/time.ts';
import type { Client } from '../../functions/shared/table-access.ts';
import { layouts, startStore, type TestStore } from '../support/dynamodb.ts';
import { openStock } from '../support/stock.ts';
import { fresh, now, receive } from './stock-store-contract.ts';

let store: TestStore;
let table: string;

beforeAll(async () => {
  store = await startStore();
});
beforeEach(async () => {
  table = await store.createTable(layouts.inventory);
});
afterAll(() => store.stop());

const pace = { random: () => 0.5, sleep: async () => undefined };
const clock = () => toInstant(Date.parse(now));
const stock = (client: Client = store.client as unknown as Client) => openStock(table, { client, pace, clock });

/** SKUs with a prepared sale. */
async function preparedSkus(count: number): Promise<string[]> {
  const skus = Array.from({ length: count }, () => fresh('SKU'));
  for (const sku of skus) {
    await receive(stock(), sku, 'W1', 10);
    await stock().prepare(sku, { expectedPeakPerSecond: 100 }, now);
  }
  return skus;
}

async function hotItems(): Promise<string[][]> {
  const { Items = [] } = await store.client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
  return Items.filter(({ pk }) => pk?.S?.startsWith('H#')).map(({ skus }) => skus?.SS ?? []);
}

describe('the lists of hot SKUs', () => {
  it('are several items, so that changes of many plans do not meet in one', async () => {
    const skus = await preparedSkus(60);
    const items = await hotItems();
    expect(items.flat().sort()).toEqual([...skus].sort());
    expect(items.length).toBeGreaterThan(8);
    expect(Math.max(...items.map(({ length }) => length))).toBeLessThan(20);
    expect(await stock().rebalance(now)).toMatchObject({ hotCount: 60, failed: [] });
  });

  it('include the SKUs that the first release has listed, each once', async () => {
    const [sku = ''] = await preparedSkus(1);
    await receive(stock(), 'OLD', 'W1', 10);
    await store.client.send(
      new UpdateItemCommand({
        ...{ TableName: table, Key: { pk: { S: 'H#hot' } }, UpdateExpression: 'ADD skus :skus' },
        ExpressionAttributeValues: { ':skus': { SS: [sku, 'OLD'] } },
      }),
    );
    expect(await stock().rebalance(now)).toMatchObject({ hotCount: 2, failed: [] });
  });
});

describe('a sweep of the journals', () => {
  it('of many shards reads a bounded number of them at the same time, and repairs all', async () => {
    const skus = [fresh('SKU'), fresh('SKU'), fresh('SKU'), fresh('SKU')];
    for (const sku of skus) await stock().plan(sku, { location: 'W1', shards: 512 });
    const { shards } = stock().functions.reserving;
    for (const sku of skus) {
      await receive(stock(), sku, 'W1', 1);
      const ids = Array.from({ length: 512 }, (_, shard) => ({ location: 'W1', sku, shard }));
      const found = await shards.read(ids, 'strong');
      const { shard = 0 } = found.find(({ available }) => available === 1) ?? {};
      const entry = { orderId: fresh('order'), nonce: `n${sku.replace('-', '')}`, at: Date.parse(now) - 60_000 };
      await shards.debit({ location: 'W1', sku, shard, quantity: 1, drops: [], ...entry });
    }
    let [reading, most] = [0, 0];
    const client = {
      async send(command: never) {
        const isRead = (command as object) instanceof BatchGetItemCommand;
        if (isRead) most = Math.max(most, ++reading);
        try {
          return await store.client.send(command);
        } finally {
          if (isRead) reading -= 1;
        }
      },
    } as unknown as Client;
    expect(await stock(client).sweep(skus)).toMatchObject({ repairedCount: 4, leftCount: 0 });
    expect(most).toBeLessThanOrEqual(5);
  });
});
