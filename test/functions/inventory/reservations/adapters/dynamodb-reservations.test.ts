import { PutItemCommand, TransactWriteItemsCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clock } from '../../../../../functions/shared/kernel/time.ts';
import type { Client } from '../../../../../functions/shared/table-access.ts';
import { audit, readBooks } from '../../../../contracts/stock-store-audit.ts';
import { codeOf, expiresAt, fresh, now, order, receive } from '../../../../contracts/stock-store-contract.ts';
import { type Fate, fatefulClient } from '../../../../contracts/stock-store-faults.ts';
import { layouts, startStore, type TestStore } from '../../../../support/dynamodb.ts';
import { makeHot } from '../../../../support/hot-skus.ts';
import { openStock } from '../../../../support/stock.ts';

let store: TestStore;
let table: string;

beforeAll(async () => {
  store = await startStore();
  table = await store.createTable(layouts.inventory);
});

afterAll(() => store.stop());

interface Call {
  readonly command: string;
  readonly units: number;
}

/** A client that records what each request costs. */
function counting(calls: Call[], client: Client = store.client): Client {
  const send = async (command: { input: object }) => {
    Object.assign(command.input, { ReturnConsumedCapacity: 'TOTAL' });
    const name = command.constructor.name.replace('Command', '');
    try {
      const answer = (await client.send(command as UpdateItemCommand)) as { ConsumedCapacity?: unknown };
      const capacities = [answer.ConsumedCapacity ?? []].flat() as { CapacityUnits?: number }[];
      calls.push({ command: name, units: capacities.reduce((sum, each) => sum + (each.CapacityUnits ?? 0), 0) });
      return answer;
    } catch (error) {
      calls.push({ command: `${name} refused`, units: Number.NaN });
      throw error;
    }
  };
  return { send } as unknown as Client;
}

const unhurried = { random: () => 0.5, sleep: async () => undefined };
const frozen: Clock = () => now;

/** A process that has cached a plan of the SKU, and the calls that it makes from then on. */
async function warmShop(sku: string, client?: Client) {
  const calls: Call[] = [];
  const shop = openStock(table, { client: counting(calls, client), pace: unhurried, clock: frozen });
  await shop.warm([sku]);
  calls.length = 0;
  return { shop, calls };
}

const warehouse = () => openStock(table, { client: store.client, pace: unhurried });

describe('what the stock costs, in requests and units', () => {
  it('reserves a line with one request and four write units', async () => {
    const sku = fresh('SKU');
    await receive(warehouse(), sku, 'W1', 10);
    const { shop, calls } = await warmShop(sku);
    await shop.reserve(order({ [sku]: 2 }), now);
    expect(calls).toEqual([{ command: 'TransactWriteItems', units: 4 }]);
  });

  it('reserves three lines with one request and eight write units', async () => {
    const skus = [fresh('SKU'), fresh('SKU'), fresh('SKU')];
    for (const sku of skus) await receive(warehouse(), sku, 'W1', 10);
    const { shop, calls } = await warmShop(skus[0] ?? '');
    await shop.warm(skus);
    calls.length = 0;
    await shop.reserve(order(Object.fromEntries(skus.map((sku) => [sku, 1]))), now);
    expect(calls).toEqual([{ command: 'TransactWriteItems', units: 8 }]);
  });

  it('reads a plan and the locations once, eventually consistent', async () => {
    const sku = fresh('SKU');
    await receive(warehouse(), sku, 'W1', 10);
    const calls: Call[] = [];
    const shop = openStock(table, { client: counting(calls), clock: frozen });
    await shop.reserve(order({ [sku]: 1 }), now);
    await shop.reserve(order({ [sku]: 1 }), now);
    expect(calls.map(({ command }) => command)).toEqual(['BatchGetItem', 'TransactWriteItems', 'TransactWriteItems']);
    expect(calls[0]?.units).toBe(1);
  });

  it('answers a repetition with the one request that finds the reservation', async () => {
    const sku = fresh('SKU');
    await receive(warehouse(), sku, 'W1', 10);
    const { shop, calls } = await warmShop(sku);
    const request = order({ [sku]: 2 });
    const held = await shop.reserve(request, now);
    calls.length = 0;
    expect(await shop.reserve(request, now)).toEqual(held);
    expect(calls.map(({ command }) => command)).toEqual(['TransactWriteItems refused']);
  });

  it('refuses after one attempt and one read of the stock, and the next order after a read of its reservation', async () => {
    const sku = fresh('SKU');
    await receive(warehouse(), sku, 'W1', 1);
    const { shop, calls } = await warmShop(sku);
    expect(codeOf(await shop.reserve(order({ [sku]: 2 }), now))).toBe('OUT_OF_STOCK');
    expect(calls.map(({ command }) => command)).toEqual(['TransactWriteItems refused', 'BatchGetItem']);
    calls.length = 0;
    expect(codeOf(await shop.reserve(order({ [sku]: 2 }), now))).toBe('OUT_OF_STOCK');
    expect(calls).toEqual([{ command: 'BatchGetItem', units: 1 }]);
  });

  it('confirms with one plain update', async () => {
    const sku = fresh('SKU');
    await receive(warehouse(), sku, 'W1', 10);
    const { shop, calls } = await warmShop(sku);
    const request = order({ [sku]: 2 });
    await shop.reserve(request, now);
    calls.length = 0;
    await shop.confirm(request.orderId, now);
    expect(calls).toEqual([{ command: 'UpdateItem', units: 1 }]);
  });

  it('releases what was never reserved with one request, and a reservation with two', async () => {
    const sku = fresh('SKU');
    await receive(warehouse(), sku, 'W1', 10);
    const { shop, calls } = await warmShop(sku);
    await shop.release(fresh('order'));
    expect(calls).toEqual([{ command: 'PutItem', units: 1 }]);
    const request = order({ [sku]: 2 });
    await shop.reserve(request, now);
    calls.length = 0;
    await shop.release(request.orderId);
    expect(calls.map(({ command }) => command)).toEqual(['PutItem refused', 'TransactWriteItems']);
    expect(calls[1]?.units).toBe(4);
  });

  it('ships with one read and one transaction', async () => {
    const sku = fresh('SKU');
    await receive(warehouse(), sku, 'W1', 10);
    const { shop, calls } = await warmShop(sku);
    const request = order({ [sku]: 2 });
    await shop.reserve(request, now);
    await shop.confirm(request.orderId, now);
    calls.length = 0;
    await shop.commit({ ...request, shipmentId: fresh('shipment'), location: 'W1' });
    expect(calls).toEqual([
      { command: 'BatchGetItem', units: 1 },
      { command: 'TransactWriteItems', units: 4 },
    ]);
  });

  it('takes the units of many lines from shards of a page of 100 in one transaction', async () => {
    const skus = Array.from({ length: 50 }, () => fresh('SKU'));
    for (const sku of skus) await receive(warehouse(), sku, 'W1', 2);
    const request = order(Object.fromEntries(skus.map((sku) => [sku, 2])));
    const calls: Call[] = [];
    const shop = openStock(table, { client: counting(calls) });
    expect(codeOf(await shop.reserve(request, now))).toBeUndefined();
    expect(calls.map(({ command }) => command)).toEqual(['BatchGetItem', 'TransactWriteItems']);
  });
});

describe('what hot SKUs cost, in requests and units', () => {
  async function hotSkus(count: number, units = 10, shards = 1): Promise<string[]> {
    const skus = Array.from({ length: count }, () => fresh('HOT'));
    for (const sku of skus) {
      await warehouse().plan(sku, { location: 'W1', shards });
      await receive(warehouse(), sku, 'W1', units);
      await makeHot(store.client, table, sku);
    }
    return skus;
  }

  async function warmHotShop(skus: readonly string[]) {
    const shop = await warmShop(skus[0] ?? '');
    await shop.shop.warm(skus);
    shop.calls.length = 0;
    return shop;
  }

  it('sells a line with two plain writes of one unit each, one sale after the other', async () => {
    const [sku = ''] = await hotSkus(1, 40);
    const { shop, calls } = await warmHotShop([sku]);
    for (let sale = 0; sale < 20; sale++) await shop.reserve(order({ [sku]: 2 }), now);
    expect(new Set(calls.map(({ command, units }) => `${command} ${units}`))).toEqual(
      new Set(['UpdateItem 1', 'PutItem 1']),
    );
    expect(calls).toHaveLength(40);
  });

  it('leaves one entry in a journal, however many units it sells there', async () => {
    const [sku = ''] = await hotSkus(1, 40);
    const { shop } = await warmHotShop([sku]);
    for (let sale = 0; sale < 20; sale++) await shop.reserve(order({ [sku]: 1 }), now);
    const shard = (await readBooks(store.client, table)).shards.find(({ pk }) => pk.includes(sku)) ?? {};
    expect(Object.keys(shard).filter((name) => name.startsWith('j:'))).toHaveLength(1);
  });

  it('sells three lines with four units', async () => {
    const skus = await hotSkus(3);
    const { shop, calls } = await warmHotShop(skus);
    await shop.reserve(order(Object.fromEntries(skus.map((sku) => [sku, 1]))), now);
    expect(calls.map(({ command }) => command)).toEqual(['UpdateItem', 'UpdateItem', 'UpdateItem', 'PutItem']);
    expect(calls.reduce((sum, { units }) => sum + units, 0)).toBe(4);
  });

  it('takes cold lines along in one transaction', async () => {
    const [hot = ''] = await hotSkus(1);
    const cold = fresh('COLD');
    await receive(warehouse(), cold, 'W1', 10);
    const { shop, calls } = await warmHotShop([hot, cold]);
    await shop.reserve(order({ [hot]: 1, [cold]: 1 }), now);
    expect(calls).toEqual([
      { command: 'UpdateItem', units: 1 },
      { command: 'TransactWriteItems', units: 4 },
    ]);
  });

  it('gives a line back with one request that clears its entry away', async () => {
    const [sku = ''] = await hotSkus(1);
    const { shop, calls } = await warmHotShop([sku]);
    const request = order({ [sku]: 1 });
    await shop.reserve(request, now);
    calls.length = 0;
    await shop.release(request.orderId);
    expect(calls.map(({ command }) => command)).toEqual(['PutItem refused', 'TransactWriteItems']);
    expect(calls[1]?.units).toBe(4);
  });

  it('writes nothing for orders after the last unit is sold and one process has read the shards', async () => {
    const [sku = ''] = await hotSkus(1, 1, 30);
    await warehouse().reserve(order({ [sku]: 1 }), now);
    const { shop, calls } = await warmHotShop([sku]);
    expect(codeOf(await shop.reserve(order({ [sku]: 1 }), now))).toBe('OUT_OF_STOCK');
    const others = await warmHotShop([sku]);
    for (let buyer = 0; buyer < 5; buyer++) {
      expect(codeOf(await shop.reserve(order({ [sku]: 1 }), now))).toBe('OUT_OF_STOCK');
      expect(codeOf(await others.shop.reserve(order({ [sku]: 1 }), now))).toBe('OUT_OF_STOCK');
    }
    // The snapshot of the last order came from a machine whose clock is wrong. The first order of a process makes one
    // attempt, reads the shards once and stores a snapshot.
    expect(calls.filter(({ command }) => command.startsWith('UpdateItem'))).toHaveLength(1);
    expect(calls.filter(({ command }) => command === 'PutItem')).toHaveLength(1);
    expect(others.calls.filter(({ command }) => command !== 'BatchGetItem').length).toBeLessThanOrEqual(2);
  });

  it('never sends a debit on a client that repeats what failed', async () => {
    const [sku = ''] = await hotSkus(1);
    const repeating: Client = {
      send: async (command: object) => {
        if (command instanceof UpdateItemCommand || command instanceof PutItemCommand) throw new Error('repeated');
        return store.client.send(command as never);
      },
    } as unknown as Client;
    const shop = openStock(table, { client: repeating, once: store.client, pace: unhurried });
    expect(codeOf(await shop.reserve(order({ [sku]: 1 }), now))).toBeUndefined();
  });
});

describe('shards', () => {
  it('share a receipt evenly', async () => {
    const sku = fresh('SKU');
    await warehouse().plan(sku, { location: 'W1', shards: 4 });
    await receive(warehouse(), sku, 'W1', 10);
    const shards = (await readBooks(store.client, table)).shards.filter(({ pk }) => pk.includes(sku));
    expect(shards.map(({ av }) => av).sort()).toEqual([2, 2, 3, 3]);
  });

  it('get their own units back', async () => {
    const sku = fresh('SKU');
    await warehouse().plan(sku, { location: 'W1', shards: 4 });
    await receive(warehouse(), sku, 'W1', 40);
    const unitsByShard = async () => {
      const { shards } = await readBooks(store.client, table);
      return new Map(shards.flatMap(({ pk, av }) => (pk.includes(sku) ? [[pk, av] as const] : [])));
    };
    const before = await unitsByShard();
    const request = order({ [sku]: 25 });
    await warehouse().reserve(request, now);
    expect(await unitsByShard()).not.toEqual(before);
    await warehouse().release(request.orderId);
    expect(await unitsByShard()).toEqual(before);
  });

  it('are tried by their cached counts before all are read', async () => {
    const sku = fresh('SKU');
    await warehouse().plan(sku, { location: 'W1', shards: 40 });
    await receive(warehouse(), sku, 'W1', 1);
    const { shop, calls } = await warmShop(sku);
    expect(codeOf(await shop.reserve(order({ [sku]: 1 }), now))).toBeUndefined();
    const tries = calls.filter(({ command }) => command.startsWith('TransactWriteItems'));
    const reads = calls.filter(({ command }) => command === 'BatchGetItem');
    expect(tries.length).toBeLessThanOrEqual(4);
    expect(reads.length).toBeLessThanOrEqual(1);
  });

  it('are found that were planned after this process read the plan', async () => {
    const sku = fresh('SKU');
    await receive(warehouse(), sku, 'W1', 1);
    const { shop } = await warmShop(sku);
    expect(codeOf(await shop.reserve(order({ [sku]: 1 }), now))).toBeUndefined();
    await warehouse().plan(sku, { location: 'W1', shards: 120 });
    await receive(warehouse(), sku, 'W1', 98);
    expect(codeOf(await shop.reserve(order({ [sku]: 98 }), now))).toBeUndefined();
  });

  it('that are too many for one transaction are gathered, and the order is held', async () => {
    const sku = fresh('SKU');
    await warehouse().plan(sku, { location: 'W1', shards: 200 });
    for (let receipt = 0; receipt < 3; receipt++) await receive(warehouse(), sku, 'W1', 98);
    const { shards } = await readBooks(store.client, table);
    const used = shards.filter(({ pk, av }) => pk.includes(`#${sku}#`) && av > 0).length;
    expect(used).toBeGreaterThan(99);
    expect(await warehouse().reserve(order({ [sku]: 294 }), now)).toMatchObject({
      allocations: [{ location: 'W1', lines: [{ quantity: 294 }] }],
    });
    expect(await warehouse().levels(sku)).toMatchObject({ onHand: 294, available: 0, reserved: 294 });
  });
});

describe('requests that meet others', () => {
  /** Rejects the first requests, then lets all others through. */
  const busyFor = (requests: number) => {
    let left = requests;
    return fatefulClient(store.client, () => (left-- > 0 ? 'contended' : 'sound'));
  };

  it.each([1, 5, 9])(
    'are repeated with pauses: reserve, confirm, ship and release after %i collisions',
    async (collisions) => {
      const sku = fresh('SKU');
      await receive(warehouse(), sku, 'W1', 10);
      const waits: number[] = [];
      const pace = { random: () => 1 - 1e-9, sleep: async (ms: number) => void waits.push(ms) };
      const shop = () => openStock(table, { client: busyFor(collisions), pace });
      const [kept, gone] = [order({ [sku]: 2 }), order({ [sku]: 3 })];
      for (const request of [kept, gone]) expect(codeOf(await shop().reserve(request, now))).toBeUndefined();
      expect(await shop().confirm(kept.orderId, now)).toEqual({ confirmed: true });
      const shipment = { ...kept, shipmentId: fresh('shipment'), location: 'W1' };
      expect(await shop().commit(shipment)).toEqual({ committed: true });
      expect((await shop().release(gone.orderId)).released).toHaveLength(1);
      const receipt = { receiptId: fresh('receipt'), sku, location: 'W1', quantity: 1 };
      expect(await shop().receive(receipt, now)).toEqual(receipt);
      expect(Math.max(...waits)).toBeLessThanOrEqual(400);
      expect(await warehouse().levels(sku)).toMatchObject({ onHand: 9, available: 9, reserved: 0 });
    },
  );

  it('give up after a bounded number of attempts, with nothing held', async () => {
    const sku = fresh('SKU');
    await receive(warehouse(), sku, 'W1', 10);
    const calls: Call[] = [];
    const shop = openStock(table, { client: counting(calls, busyFor(1_000)), pace: unhurried });
    await expect(shop.reserve(order({ [sku]: 1 }), now)).rejects.toMatchObject({ name: 'TransientFault' });
    await expect(shop.confirm(fresh('order'), now)).rejects.toMatchObject({ name: 'TransientFault' });
    await expect(shop.release(fresh('order'))).rejects.toMatchObject({ name: 'TransientFault' });
    // The attempts, and the reads of the plan by which a contended process lets the shards grow.
    expect(calls.length).toBeLessThan(50);
    expect(await warehouse().levels(sku)).toMatchObject({ available: 10, reserved: 0 });
  });

  it.each<Fate>(['lost-acknowledgement', 'never-sent'])('that end with %s may be repeated', async (fate) => {
    const sku = fresh('SKU');
    await receive(warehouse(), sku, 'W1', 10);
    const request = order({ [sku]: 2 });
    const shipment = { ...request, shipmentId: fresh('shipment'), location: 'W1' };
    const receipt = { receiptId: fresh('receipt'), sku, location: 'W1', quantity: 5 };
    const steps: ((shop: ReturnType<typeof warehouse>) => Promise<unknown>)[] = [
      (shop) => shop.reserve(request, now),
      (shop) => shop.confirm(request.orderId, now),
      (shop) => shop.commit(shipment),
      (shop) => shop.receive(receipt, now),
      (shop) => shop.release(request.orderId),
    ];
    for (const step of steps) {
      // Each request of the step is the one that fails, in turn.
      for (let position = 0; position < 3; position++) {
        let requests = 0;
        const client = fatefulClient(store.client, () => (requests++ === position ? fate : 'sound'));
        await step(openStock(table, { client, pace: unhurried })).catch((fault) =>
          expect(fault.name).toBe('TimeoutError'),
        );
      }
      await step(warehouse());
    }
    expect(await warehouse().levels(sku)).toEqual({
      sku,
      onHand: 13,
      available: 13,
      reserved: 0,
      safety: 0,
      locations: [{ location: 'W1', onHand: 13, available: 13, reserved: 0, safety: 0, shipped: 2 }],
    });
  });
});

describe('two requests that decide on the same reservation at the same time', () => {
  /** Sends transactions only when so many have been made: all are decided on before any is written. */
  function meeting(parties: number): Client {
    const waiting: (() => void)[] = [];
    const send = async (command: object) => {
      if (command instanceof TransactWriteItemsCommand && waiting.length < parties) {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          if (waiting.length === parties) for (const go of waiting) go();
        });
      }
      return store.client.send(command as UpdateItemCommand);
    };
    return { send } as unknown as Client;
  }

  async function confirmedOrder() {
    const sku = fresh('SKU');
    await receive(warehouse(), sku, 'W1', 10);
    // A second order keeps units reserved, so that units given back twice would not be stopped by the counter's lower
    // bound.
    await warehouse().reserve(order({ [sku]: 4 }), now);
    const request = order({ [sku]: 3 });
    await warehouse().reserve(request, now);
    await warehouse().confirm(request.orderId, now);
    return { sku, request, shipment: { ...request, shipmentId: fresh('shipment'), location: 'W1' } };
  }

  it('give its units back once', async () => {
    const { sku, request } = await confirmedOrder();
    const client = meeting(2);
    const [one, other] = [0, 1].map(() => openStock(table, { client }).release(request.orderId));
    expect(await one).toEqual(await other);
    expect(await warehouse().levels(sku)).toMatchObject({ onHand: 10, available: 6, reserved: 4 });
  });

  it('ship it or give it back, never both', async () => {
    const { sku, request, shipment } = await confirmedOrder();
    const client = meeting(2);
    const [shipped, released] = await Promise.allSettled([
      openStock(table, { client }).commit(shipment),
      openStock(table, { client }).release(request.orderId),
    ]);
    const gaveBack = released?.status === 'fulfilled' ? released.value.released.length : Number.NaN;
    expect(gaveBack).toBe(shipped?.status === 'fulfilled' ? 0 : 1);
    const levels = await warehouse().levels(sku);
    expect(levels?.locations[0]?.shipped).toBe(shipped?.status === 'fulfilled' ? 3 : 0);
    expect(levels?.reserved).toBe(4);
  });

  it('ship it once', async () => {
    const { sku, shipment } = await confirmedOrder();
    const client = meeting(2);
    await Promise.all([0, 1].map(() => openStock(table, { client }).commit(shipment)));
    expect((await warehouse().levels(sku))?.locations).toMatchObject([{ shipped: 3, reserved: 4, available: 3 }]);
  });
});

describe('the table', () => {
  it('is read to the end even when the store leaves keys out', async () => {
    const skus = Array.from({ length: 30 }, () => fresh('SKU'));
    for (const sku of skus) await receive(warehouse(), sku, 'W1', 1);
    const stingy = {
      send: async (command: {
        input: { RequestItems?: Record<string, { Keys: unknown[]; ConsistentRead: boolean }> };
      }) => {
        const asked = command.input.RequestItems?.[table];
        const rest = asked?.Keys.splice(10) ?? [];
        const answer = await store.client.send(command as never);
        if (asked === undefined || rest.length === 0) return answer;
        return Object.assign(answer as object, { UnprocessedKeys: { [table]: { ...asked, Keys: rest } } });
      },
    } as unknown as Client;
    const shop = openStock(table, { client: stingy, pace: unhurried });
    const units = await shop.availability(skus);
    expect([...units.values()].reduce((sum, each) => sum + each, 0)).toBe(30);
  });

  it('never answers from a malformed record', async () => {
    const orderId = fresh('order');
    const Item = { pk: { S: `R#${orderId}` }, st: { S: 'LOST' }, rev: { N: '0' }, parts: { L: [] } };
    await store.client.send(new PutItemCommand({ TableName: table, Item }));
    await expect(warehouse().confirm(orderId, now)).rejects.toThrow();
    await expect(warehouse().release(orderId)).rejects.toThrow();
  });

  it('does not hide wrong counters: giving units back fails with the name of the shard', async () => {
    const own = await store.createTable(layouts.inventory);
    const shop = openStock(own, { client: store.client, pace: unhurried });
    const [broken, sound] = [fresh('SKU'), fresh('SKU')];
    for (const sku of [broken, sound]) await receive(shop, sku, 'W1', 5);
    const [bad, good] = [order({ [broken]: 2 }), order({ [sound]: 2 })];
    for (const request of [bad, good]) await shop.reserve(request, now);
    await store.client.send(
      new UpdateItemCommand({
        TableName: own,
        Key: { pk: { S: `I#W1#${broken}#0` } },
        UpdateExpression: 'SET rs = :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      }),
    );
    await expect(shop.release(bad.orderId)).rejects.toThrow(`too little is reserved in W1#${broken}#0`);
    await expect(shop.expire(bad.orderId, expiresAt)).rejects.toThrow(`too little is reserved in W1#${broken}#0`);
    expect(await shop.expire(good.orderId, expiresAt)).toBe(true);
    expect(audit(await readBooks(store.client, own)).length).toBeGreaterThan(0);
  });
});
