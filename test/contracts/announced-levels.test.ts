import { type BatchGetItemCommandInput, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { announceLevels, levelStore } from '../../functions/inventory/availability/index.ts';
import { dynamodbAnnouncement, dynamodbQueue } from '../../functions/inventory/backorders/index.ts';
import { layouts, startStore, type TestStore } from '../support/dynamodb.ts';
import { openStock } from '../support/stock.ts';
import { type StoreCalls, watchCalls } from '../support/store-calls.ts';
import { fresh, now, order, receive } from './stock-store-contract.ts';

let store: TestStore;
let table: string;
let calls: StoreCalls;

beforeAll(async () => {
  store = await startStore();
  calls = watchCalls(store.client);
});
beforeEach(async () => {
  table = await store.createTable(layouts.inventory);
});
afterAll(() => store.stop());

function open() {
  const { client } = store;
  const announcement = dynamodbAnnouncement(table, { client });
  const announceAll = (skus: readonly string[]) => announceLevels(skus, now, announcement);
  const stock = openStock(table, { client });
  return {
    ...{ stock, stores: stock.functions.reserving, queue: dynamodbQueue(table, { client }).queue, announceAll },
    /** Announces the level of one SKU; throws the error if its items cannot be parsed. */
    async announce(sku: string) {
      for (const error of (await announceAll([sku])).values()) throw error;
    },
    latest: async (sku: string) => (await announcement.levels.latest([sku])).get(sku),
  };
}

/** One read each of the announced levels, the plans with their queues, and the shards. */
const threeReads = ['BatchGetItem', 'BatchGetItem', 'BatchGetItem'];

/** New SKUs of which one order has reserved every unit. */
async function soldOut(count: number): Promise<{ readonly skus: string[]; readonly orderId: string }> {
  const { stock } = open();
  const skus = Array.from({ length: count }, () => fresh('SKU'));
  await Promise.all(skus.map((sku) => receive(stock, sku, 'W1', 1)));
  const bought = order(Object.fromEntries(skus.map((sku) => [sku, 1])));
  await stock.reserve(bought, now);
  return { skus, orderId: bought.orderId };
}

/** Adds an order for one unit to the queue of the SKU. */
async function wait(sku: string): Promise<void> {
  const { queue } = open();
  await queue.join(
    {
      ...{ orderId: fresh('order'), state: 'waiting', sku, units: 1, mode: 'backorder', since: 'now', lines: [] },
      ...{ correlationId: 'c', traceparent: '', orderVersion: 1, revision: 0 },
    },
    { sku, units: 0, revision: 0 },
  );
}

/** The revision of the queue, which increases whenever the queue is woken. */
async function revision(sku: string): Promise<number | undefined> {
  return (await open().queue.totals([sku])).get(sku)?.revision;
}

async function lowAt(sku: string, units: number): Promise<void> {
  const { planStore } = open().stores;
  const plan = (await planStore.read([sku], 'strong')).get(sku);
  if (plan === undefined) throw new Error(`${sku} has no plan`);
  await planStore.write({ ...plan, lowAt: units, revision: plan.revision + 1 });
}

describe('the announced level of a SKU', () => {
  it('is read strongly consistently', async () => {
    const inputs: BatchGetItemCommandInput[] = [];
    const client = {
      async send({ input }: { readonly input: BatchGetItemCommandInput }) {
        inputs.push(input);
        return {};
      },
    };
    expect(
      await levelStore('Stock', { client: client as Pick<DynamoDBClient, 'send'> }).latest(['MUG', 'CUP']),
    ).toEqual(new Map());
    const Keys = [{ pk: { S: 'N#MUG' } }, { pk: { S: 'N#CUP' } }];
    expect(inputs).toEqual([{ RequestItems: { Stock: { Keys, ConsistentRead: true } } }]);
  });

  it('is absent until it changes, and then changes once per change', async () => {
    const { stock, latest, announce } = open();
    const sku = fresh('SKU');
    await receive(stock, sku, 'W1', 5);
    await lowAt(sku, 3);
    await announce(sku);
    expect(await latest(sku)).toBeUndefined();
    const first = order({ [sku]: 2 });
    await stock.reserve(first, now);
    await announce(sku);
    await announce(sku);
    expect(await latest(sku)).toMatchObject({ sequence: 1, before: 'ok', level: 'low', available: 3, lowAt: 3 });
    await stock.reserve(order({ [sku]: 3 }), now);
    await announce(sku);
    expect(await latest(sku)).toMatchObject({ sequence: 2, before: 'low', level: 'depleted' });
    await stock.release(first.orderId);
    await announce(sku);
    expect(await latest(sku)).toMatchObject({ sequence: 3, before: 'depleted', level: 'low', available: 2 });
    await receive(stock, sku, 'W2', 9);
    await announce(sku);
    expect(await latest(sku)).toMatchObject({ sequence: 4, before: 'low', level: 'ok', available: 11 });
  });

  it('counts neither units reserved for backorders nor safety stock', async () => {
    const { stock, latest, announce, stores } = open();
    const sku = fresh('SKU');
    await receive(stock, sku, 'W1', 1);
    await stores.shards.transfer({
      quantity: 1,
      from: { location: 'W1', sku, shard: 0 },
      to: { location: 'W1', sku, shard: 'backorder' },
    });
    await announce(sku);
    expect(await latest(sku)).toMatchObject({ level: 'depleted', available: 0 });
  });

  it('is announced once by concurrent processes', async () => {
    const { stock, latest } = open();
    const sku = fresh('SKU');
    await receive(stock, sku, 'W1', 1);
    await stock.reserve(order({ [sku]: 1 }), now);
    await Promise.all(Array.from({ length: 8 }, () => open().announce(sku)));
    expect(await latest(sku)).toMatchObject({ sequence: 1, level: 'depleted' });
  });

  it('is correct in the end, at whichever request the stock changes', async () => {
    // Before each of the four requests of an announcement.
    for (let call = 0; call < 4; call++) {
      const { stock, latest, announce } = open();
      const sku = fresh('SKU');
      await receive(stock, sku, 'W1', 1);
      const bought = order({ [sku]: 1 });
      await stock.reserve(bought, now);
      // Meanwhile the unit is released and another process announces. The stream then triggers one more announcement.
      const meanwhile = async () => {
        await stock.release(bought.orderId);
        await announce(sku);
      };
      calls.before(call, meanwhile);
      await open().announce(sku);
      if ((await latest(sku))?.level === 'depleted') await announce(sku);
      const end = await latest(sku);
      expect([undefined, 'ok']).toContain(end?.level);
      expect([undefined, 2]).toContain(end?.sequence);
    }
  });

  it('is kept when the answer to its write is lost', async () => {
    const { stock, latest, announce } = open();
    const sku = fresh('SKU');
    await receive(stock, sku, 'W1', 1);
    await stock.reserve(order({ [sku]: 1 }), now);
    calls.loseAnswerTo(3);
    await expect(announce(sku)).rejects.toThrow('lost');
    calls.reset();
    await announce(sku);
    expect(calls.sent).toEqual(threeReads);
    expect(await latest(sku)).toMatchObject({ sequence: 1, level: 'depleted' });
  });
});

describe('the SKUs of one batch', () => {
  it('take as many reads as a single SKU, in any number', async () => {
    const { announceAll, latest } = open();
    const { skus } = await soldOut(40);
    calls.reset();
    expect(await announceAll(skus)).toEqual(new Map());
    expect(calls.sent).toEqual([...threeReads, ...skus.map(() => 'PutItem')]);
    for (const sku of skus) expect(await latest(sku)).toMatchObject({ sku, sequence: 1, level: 'depleted' });
    calls.reset();
    await announceAll(skus);
    expect(calls.sent).toEqual(threeReads);
  });

  it.each([
    ['plan', (sku: string) => ({ pk: { S: `P#${sku}` } })],
    ['announced level', (sku: string) => ({ pk: { S: `N#${sku}` } })],
    ['queue', (sku: string) => ({ pk: { S: `Q#${sku}` } })],
    ['shard', (sku: string) => ({ pk: { S: `I#W1#${sku}#0` }, 'j:nonce': { M: {} } })],
  ])('are announced even if the %s of one of them cannot be parsed', async (_, broken) => {
    const { stock, announceAll, latest } = open();
    const { skus, orderId } = await soldOut(9);
    await announceAll(skus);
    const [waited = '', ...others] = skus;
    await wait(waited);
    await stock.release(orderId);
    const bad = others[5] ?? '';
    await store.client.send(new PutItemCommand({ TableName: table, Item: broken(bad) }));
    expect([...(await announceAll(skus)).keys()]).toEqual([bad]);
    for (const sku of skus.filter((each) => each !== bad)) expect(await latest(sku)).toMatchObject({ sequence: 2 });
    expect(await revision(waited)).toBe(2);
  });

  it('are announced once each by concurrent processes', async () => {
    const { latest } = open();
    const { skus } = await soldOut(10);
    await Promise.all(Array.from({ length: 4 }, () => open().announceAll(skus)));
    for (const sku of skus) expect(await latest(sku)).toMatchObject({ sequence: 1, level: 'depleted' });
  });

  it('are read again if another process has announced them meanwhile, and only then', async () => {
    const { announceAll, latest } = open();
    const { skus } = await soldOut(10);
    calls.reset();
    // Between the read of the announced levels and the read of the shards.
    calls.before(2, () => open().announceAll(skus.slice(0, 4)));
    await announceAll(skus);
    // Both processes read and write, and the slower one reads once more.
    expect(calls.sent.filter((call) => call === 'BatchGetItem')).toHaveLength(9);
    expect(calls.sent.filter((call) => call === 'PutItem')).toHaveLength(14);
    for (const sku of skus) expect(await latest(sku)).toMatchObject({ sequence: 1, level: 'depleted' });
  });
});

describe('the queue of a SKU', () => {
  it('is woken when units become available, and not while there are none', async () => {
    const { stock, announceAll } = open();
    const { skus, orderId } = await soldOut(3);
    for (const sku of skus.slice(0, 2)) await wait(sku);
    const revisions = () => Promise.all(skus.map(revision));
    await announceAll(skus);
    expect(await revisions()).toEqual([1, 1, undefined]);
    await stock.release(orderId);
    await announceAll(skus);
    expect(await revisions()).toEqual([2, 2, undefined]);
  });
});
