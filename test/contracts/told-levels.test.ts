import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../../functions/inventory/adapters/conditional-writes.ts';
import { lineSurroundings } from '../../functions/inventory/adapters/line-surroundings.ts';
import { toldLevels } from '../../functions/inventory/adapters/told-levels.ts';
import { announceLevel } from '../../functions/inventory/domain/announce-level.ts';
import { shardedStockStore } from '../../functions/inventory/domain/sharded-stock-store.ts';
import { layouts, startStore, type TestStore } from '../support/dynamodb.ts';
import { fresh, now, order, receive } from './stock-store-contract.ts';

let store: TestStore;
let table: string;

beforeAll(async () => {
  store = await startStore();
});
beforeEach(async () => {
  table = await store.createTable(layouts.inventory);
});
afterAll(() => store.stop());

function open(client: Client = store.client) {
  const told = toldLevels(table, client);
  const around = { ...lineSurroundings(table, { client }), told };
  return { stock: shardedStockStore(around), told, around, look: (sku: string) => announceLevel(sku, now, around) };
}

/** Acts once, right before the request with this number. */
function before(call: number, act: () => Promise<unknown>): Client {
  let sent = 0;
  return {
    async send(command: never) {
      if (sent++ === call) await act();
      return store.client.send(command);
    },
  } as unknown as Client;
}

async function lowAt(sku: string, units: number): Promise<void> {
  const { table: stock } = open().around;
  const plan = (await stock.read({ skus: [sku] }, 'latest')).plans.get(sku);
  if (plan === undefined) throw new Error(`${sku} has no plan`);
  await stock.writePlan({ ...plan, lowAt: units, revision: plan.revision + 1 });
}

describe('what is told of the level of a SKU', () => {
  it('is nothing until it changes, then each change once', async () => {
    const { stock, told, look } = open();
    const sku = fresh('SKU');
    await receive(stock, sku, 'W1', 5);
    await lowAt(sku, 3);
    await look(sku);
    expect(await told.latest(sku)).toBeUndefined();
    const first = order({ [sku]: 2 });
    await stock.reserve(first, now);
    await look(sku);
    await look(sku);
    expect(await told.latest(sku)).toMatchObject({ sequence: 1, before: 'ok', level: 'low', available: 3, lowAt: 3 });
    await stock.reserve(order({ [sku]: 3 }), now);
    await look(sku);
    expect(await told.latest(sku)).toMatchObject({ sequence: 2, before: 'low', level: 'depleted' });
    await stock.release(first.orderId, now);
    await look(sku);
    expect(await told.latest(sku)).toMatchObject({ sequence: 3, before: 'depleted', level: 'low', available: 2 });
    await receive(stock, sku, 'W2', 9);
    await look(sku);
    expect(await told.latest(sku)).toMatchObject({ sequence: 4, before: 'low', level: 'ok', available: 11 });
  });

  it('does not count what is kept for those who wait, nor what is for safety', async () => {
    const { stock, told, look, around } = open();
    const sku = fresh('SKU');
    await receive(stock, sku, 'W1', 1);
    await around.table.transfer({
      ...{ sku, quantity: 1 },
      from: { location: 'W1', sku, shard: 0 },
      to: { location: 'W1', sku, shard: 'backorder' },
    });
    await look(sku);
    expect(await told.latest(sku)).toMatchObject({ level: 'depleted', available: 0 });
  });

  it('is told once by many who look at once', async () => {
    const { stock, told } = open();
    const sku = fresh('SKU');
    await receive(stock, sku, 'W1', 1);
    await stock.reserve(order({ [sku]: 1 }), now);
    await Promise.all(Array.from({ length: 8 }, () => open().look(sku)));
    expect(await told.latest(sku)).toMatchObject({ sequence: 1, level: 'depleted' });
  });

  it('is right in the end, whichever moment of a look it changes at', async () => {
    // Of the four requests of a look that has something to tell.
    for (let call = 0; call < 4; call++) {
      const { stock, told, look } = open();
      const sku = fresh('SKU');
      await receive(stock, sku, 'W1', 1);
      const bought = order({ [sku]: 1 });
      await stock.reserve(bought, now);
      // While one looks, the unit comes back and another looks. What is told of is looked at again, by the stream.
      const meanwhile = async () => {
        await stock.release(bought.orderId, now);
        await look(sku);
      };
      await open(before(call, meanwhile)).look(sku);
      if ((await told.latest(sku))?.level === 'depleted') await look(sku);
      const latest = await told.latest(sku);
      expect([undefined, 'ok']).toContain(latest?.level);
      expect([undefined, 2]).toContain(latest?.sequence);
    }
  });

  it('is not lost when the answer to telling it is', async () => {
    const { stock, told } = open();
    const sku = fresh('SKU');
    await receive(stock, sku, 'W1', 1);
    await stock.reserve(order({ [sku]: 1 }), now);
    let puts = 0;
    const client = {
      async send(command: { readonly constructor: { readonly name: string } }) {
        const answer = await store.client.send(command as never);
        if (command.constructor.name === 'PutItemCommand' && puts++ === 0) {
          throw Object.assign(new Error('the answer is lost'), { name: 'TimeoutError' });
        }
        return answer;
      },
    } as unknown as Client;
    await expect(open(client).look(sku)).rejects.toThrow('lost');
    await open(client).look(sku);
    expect(await told.latest(sku)).toMatchObject({ sequence: 1, level: 'depleted' });
    expect(puts).toBe(1);
  });
});

describe('those who wait', () => {
  it('are looked after when units come back, and left alone while there is nothing for them', async () => {
    const { stock, around, look } = open();
    const sku = fresh('SKU');
    await receive(stock, sku, 'W1', 1);
    const bought = order({ [sku]: 1 });
    await stock.reserve(bought, now);
    const line = async () => (await around.table.read({ lines: [sku] }, 'latest')).lines?.get(sku)?.revision;
    await around.lines.join(
      {
        ...{ orderId: fresh('order'), state: 'waiting', sku, units: 1, mode: 'backorder', since: 'now', lines: [] },
        ...{ correlationId: 'c', traceparent: '', revision: 0 },
      },
      { sku, units: 0, revision: 0 },
    );
    await look(sku);
    expect(await line()).toBe(1);
    await stock.release(bought.orderId, now);
    await look(sku);
    expect(await line()).toBe(2);
  });
});
