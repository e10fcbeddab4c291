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
  const lookAt = (skus: readonly string[]) => announceLevels(skus, now, announcement);
  const stock = openStock(table, { client });
  return {
    ...{ stock, stores: stock.functions.reserving, queue: dynamodbQueue(table, { client }).queue, lookAt },
    /** Looks at one SKU; what makes no sense there is thrown. */
    async look(sku: string) {
      for (const error of (await lookAt([sku])).values()) throw error;
    },
    latest: async (sku: string) => (await announcement.levels.latest([sku])).get(sku),
  };
}

/** The announced levels, the plans with their queues, the shards. */
const threeReads = ['BatchGetItem', 'BatchGetItem', 'BatchGetItem'];

/** SKUs of which every unit is sold, in an order. */
async function soldOut(count: number): Promise<{ readonly skus: string[]; readonly orderId: string }> {
  const { stock } = open();
  const skus = Array.from({ length: count }, () => fresh('SKU'));
  await Promise.all(skus.map((sku) => receive(stock, sku, 'W1', 1)));
  const bought = order(Object.fromEntries(skus.map((sku) => [sku, 1])));
  await stock.reserve(bought, now);
  return { skus, orderId: bought.orderId };
}

/** Lets an order wait for a unit of the SKU. */
async function wait(sku: string): Promise<void> {
  const { queue } = open();
  await queue.join(
    {
      ...{ orderId: fresh('order'), state: 'waiting', sku, units: 1, mode: 'backorder', since: 'now', lines: [] },
      ...{ correlationId: 'c', traceparent: '', revision: 0 },
    },
    { sku, units: 0, revision: 0 },
  );
}

/** Of the queue: it grows whenever the queue is woken. */
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
  it('is read as of now', async () => {
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

  it('is nothing until it changes, then each change once', async () => {
    const { stock, latest, look } = open();
    const sku = fresh('SKU');
    await receive(stock, sku, 'W1', 5);
    await lowAt(sku, 3);
    await look(sku);
    expect(await latest(sku)).toBeUndefined();
    const first = order({ [sku]: 2 });
    await stock.reserve(first, now);
    await look(sku);
    await look(sku);
    expect(await latest(sku)).toMatchObject({ sequence: 1, before: 'ok', level: 'low', available: 3, lowAt: 3 });
    await stock.reserve(order({ [sku]: 3 }), now);
    await look(sku);
    expect(await latest(sku)).toMatchObject({ sequence: 2, before: 'low', level: 'depleted' });
    await stock.release(first.orderId);
    await look(sku);
    expect(await latest(sku)).toMatchObject({ sequence: 3, before: 'depleted', level: 'low', available: 2 });
    await receive(stock, sku, 'W2', 9);
    await look(sku);
    expect(await latest(sku)).toMatchObject({ sequence: 4, before: 'low', level: 'ok', available: 11 });
  });

  it('does not count what is kept for those who wait, nor what is for safety', async () => {
    const { stock, latest, look, stores } = open();
    const sku = fresh('SKU');
    await receive(stock, sku, 'W1', 1);
    await stores.shards.transfer({
      quantity: 1,
      from: { location: 'W1', sku, shard: 0 },
      to: { location: 'W1', sku, shard: 'backorder' },
    });
    await look(sku);
    expect(await latest(sku)).toMatchObject({ level: 'depleted', available: 0 });
  });

  it('is told once by many who look at once', async () => {
    const { stock, latest } = open();
    const sku = fresh('SKU');
    await receive(stock, sku, 'W1', 1);
    await stock.reserve(order({ [sku]: 1 }), now);
    await Promise.all(Array.from({ length: 8 }, () => open().look(sku)));
    expect(await latest(sku)).toMatchObject({ sequence: 1, level: 'depleted' });
  });

  it('is right in the end, whichever moment of a look it changes at', async () => {
    // Of the four requests of a look that has something to tell.
    for (let call = 0; call < 4; call++) {
      const { stock, latest, look } = open();
      const sku = fresh('SKU');
      await receive(stock, sku, 'W1', 1);
      const bought = order({ [sku]: 1 });
      await stock.reserve(bought, now);
      // While one looks, the unit comes back and another looks. What is told of is looked at again, by the stream.
      const meanwhile = async () => {
        await stock.release(bought.orderId);
        await look(sku);
      };
      calls.before(call, meanwhile);
      await open().look(sku);
      if ((await latest(sku))?.level === 'depleted') await look(sku);
      const end = await latest(sku);
      expect([undefined, 'ok']).toContain(end?.level);
      expect([undefined, 2]).toContain(end?.sequence);
    }
  });

  it('is not lost when the answer to telling it is', async () => {
    const { stock, latest, look } = open();
    const sku = fresh('SKU');
    await receive(stock, sku, 'W1', 1);
    await stock.reserve(order({ [sku]: 1 }), now);
    calls.loseAnswerTo(3);
    await expect(look(sku)).rejects.toThrow('lost');
    calls.reset();
    await look(sku);
    expect(calls.sent).toEqual(threeReads);
    expect(await latest(sku)).toMatchObject({ sequence: 1, level: 'depleted' });
  });
});

describe('the SKUs of one batch', () => {
  it('take the reads of a single one, however many they are', async () => {
    const { lookAt, latest } = open();
    const { skus } = await soldOut(40);
    calls.reset();
    expect(await lookAt(skus)).toEqual(new Map());
    expect(calls.sent).toEqual([...threeReads, ...skus.map(() => 'PutItem')]);
    for (const sku of skus) expect(await latest(sku)).toMatchObject({ sku, sequence: 1, level: 'depleted' });
    calls.reset();
    await lookAt(skus);
    expect(calls.sent).toEqual(threeReads);
  });

  it.each([
    ['plan', (sku: string) => ({ pk: { S: `P#${sku}` } })],
    ['announced level', (sku: string) => ({ pk: { S: `N#${sku}` } })],
    ['queue', (sku: string) => ({ pk: { S: `Q#${sku}` } })],
    ['shard', (sku: string) => ({ pk: { S: `I#W1#${sku}#0` }, 'j:nonce': { M: {} } })],
  ])('are told of though the %s of one of them makes no sense', async (_, broken) => {
    const { stock, lookAt, latest } = open();
    const { skus, orderId } = await soldOut(9);
    await lookAt(skus);
    const [waited = '', ...others] = skus;
    await wait(waited);
    await stock.release(orderId);
    const bad = others[5] ?? '';
    await store.client.send(new PutItemCommand({ TableName: table, Item: broken(bad) }));
    expect([...(await lookAt(skus)).keys()]).toEqual([bad]);
    for (const sku of skus.filter((each) => each !== bad)) expect(await latest(sku)).toMatchObject({ sequence: 2 });
    expect(await revision(waited)).toBe(2);
  });

  it('are told of once each by many who look at once', async () => {
    const { latest } = open();
    const { skus } = await soldOut(10);
    await Promise.all(Array.from({ length: 4 }, () => open().lookAt(skus)));
    for (const sku of skus) expect(await latest(sku)).toMatchObject({ sequence: 1, level: 'depleted' });
  });

  it('are looked at again where others have told of them meanwhile, and nowhere else', async () => {
    const { lookAt, latest } = open();
    const { skus } = await soldOut(10);
    calls.reset();
    // Between what was told and what is there.
    calls.before(2, () => open().lookAt(skus.slice(0, 4)));
    await lookAt(skus);
    // Both look and tell, and the slower one looks once more.
    expect(calls.sent.filter((call) => call === 'BatchGetItem')).toHaveLength(9);
    expect(calls.sent.filter((call) => call === 'PutItem')).toHaveLength(14);
    for (const sku of skus) expect(await latest(sku)).toMatchObject({ sequence: 1, level: 'depleted' });
  });
});

describe('those who wait', () => {
  it('are looked after when units come back, and left alone while there is nothing for them', async () => {
    const { stock, lookAt } = open();
    const { skus, orderId } = await soldOut(3);
    for (const sku of skus.slice(0, 2)) await wait(sku);
    const revisions = () => Promise.all(skus.map(revision));
    await lookAt(skus);
    expect(await revisions()).toEqual([1, 1, undefined]);
    await stock.release(orderId);
    await lookAt(skus);
    expect(await revisions()).toEqual([2, 2, undefined]);
  });
});
