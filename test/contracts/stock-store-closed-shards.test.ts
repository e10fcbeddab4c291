import { describe, expect, it } from 'vitest';
import { makeHot } from '../support/hot-skus.ts';
import { openStock, type Stock } from '../support/stock.ts';
import { audit, readBooks } from './stock-store-audit.ts';
import { codeOf, expiresAt, fresh, now, order, receive } from './stock-store-contract.ts';
import { clock, openStockTables, paceWith, store, table, time } from './stock-table.ts';

openStockTables();
const pace = paceWith(0.5);
const open = (): Stock => openStock(table, { client: store.client, pace, clock });
/** The stores of a function that reserves. */
const stores = () => open().functions.reserving;

/** Ten units in each of four shards, for reservations on either path. */
async function stockedSku(path: 'T' | 'J'): Promise<string> {
  const sku = fresh('SKU');
  await open().plan(sku, { location: 'W1', shards: 4 });
  await receive(open(), sku, 'W1', 40);
  if (path === 'J') await makeHot(store.client, table, sku);
  return sku;
}

const shardOf = (sku: string, shard: number) => ({ location: 'W1', sku, shard });

async function counters(sku: string) {
  const ids = [0, 1, 2, 3].map((shard) => shardOf(sku, shard));
  return stores().shards.read(ids, 'strong');
}

/** Closes a shard and moves its units for sale to the one that takes its place. */
async function close(sku: string, shard: number, shards: number): Promise<void> {
  const { available } = (await counters(sku))[shard] ?? { available: 0 };
  const move = { from: shardOf(sku, shard), to: shardOf(sku, shard % shards), quantity: available };
  expect(await stores().shards.transfer({ ...move, ifAvailable: available, close: shards })).toEqual({
    outcome: 'done',
  });
}

describe.each(['T', 'J'] as const)('closed shards, path %s', (path) => {
  it('sell nothing, and every unit can still be sold', async () => {
    const sku = await stockedSku(path);
    const early = open();
    await early.reserve(order({ [sku]: 1 }), now);
    for (const shard of [3, 2]) await close(sku, shard, 2);
    for (let sold = 1; sold < 40; sold++) {
      time.nowMs += 300;
      const shop = sold % 2 === 0 ? early : open();
      expect(codeOf(await shop.reserve(order({ [sku]: 1 }), now))).toBeUndefined();
    }
    expect(codeOf(await open().reserve(order({ [sku]: 1 }), now))).toBe('OUT_OF_STOCK');
    const [, , third, fourth] = await counters(sku);
    expect([third?.available, fourth?.available]).toEqual([0, 0]);
    time.nowMs += 6_000;
    await open().sweep([sku]);
    expect(audit(await readBooks(store.client, table))).toEqual([]);
  });

  it('sell nothing even if they contain units', async () => {
    const sku = await stockedSku(path);
    const warm = open();
    await warm.reserve(order({ [sku]: 1 }), now);
    const emptied = { from: shardOf(sku, 0), quantity: 0, close: 1 };
    for (const shard of [1, 2, 3]) await stores().shards.transfer({ ...emptied, from: shardOf(sku, shard) });
    for (const shop of [warm, open()]) {
      expect(codeOf(await shop.reserve(order({ [sku]: 11 }), now))).toBe('OUT_OF_STOCK');
    }
    const { available: first = 0 } = (await counters(sku))[0] ?? {};
    // A debit of the shard itself, whatever a process has cached.
    const part = { lineId: '1', ...shardOf(sku, 3), quantity: 1 };
    const held = { orderId: fresh('order'), state: 'HELD', expiresAt, parts: [part], revision: 0 } as const;
    const debit = { ...shardOf(sku, 3), quantity: 1, orderId: fresh('order'), nonce: 'n', at: time.nowMs, drops: [] };
    expect((await stores().reservations.hold(held)).outcome).toBe('insufficient');
    expect((await stores().shards.debit(debit)).outcome).toBe('insufficient');
    expect(first).toBeGreaterThanOrEqual(9);
  });

  it('pass returned units on to the shards that take their place, and again if those are closed too', async () => {
    const sku = await stockedSku(path);
    const all = order({ [sku]: 40 });
    await open().reserve(all, now);
    const expiring = order({ [sku]: 1 });
    for (const shard of [3, 2]) await close(sku, shard, 2);
    await close(sku, 1, 1);
    await open().release(all.orderId);
    const shards = await counters(sku);
    expect(shards.map(({ available, reserved }) => [available, reserved])).toEqual([
      [40, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(audit(await readBooks(store.client, table))).toEqual([]);
    await open().reserve(expiring, now);
    expect(await open().expire(expiring.orderId, expiresAt)).toBe(true);
    expect((await counters(sku))[0]).toMatchObject({ available: 40, reserved: 0 });
  });

  it('keep what is reserved until it is shipped', async () => {
    const sku = await stockedSku(path);
    const all = order({ [sku]: 40 });
    await open().reserve(all, now);
    await open().confirm(all.orderId, now);
    for (const shard of [3, 2, 1]) await close(sku, shard, 1);
    await open().commit({ orderId: all.orderId, shipmentId: fresh('shipment'), location: 'W1', lines: all.lines });
    expect((await counters(sku)).map(({ shipped }) => shipped)).toEqual([10, 10, 10, 10]);
    expect(audit(await readBooks(store.client, table))).toEqual([]);
  });

  it('receive nothing', async () => {
    const sku = await stockedSku(path);
    for (const shard of [3, 2]) await close(sku, shard, 2);
    await receive(open(), sku, 'W1', 10);
    expect((await counters(sku)).map(({ available }) => available)).toEqual([25, 25, 0, 0]);
    expect(audit(await readBooks(store.client, table))).toEqual([]);
  });

  it('sell again when they are reopened', async () => {
    const sku = await stockedSku(path);
    await close(sku, 3, 3);
    const plan = (await stores().planStore.read([sku], 'strong')).get(sku);
    if (plan === undefined) throw new Error('no plan');
    expect(await stores().shards.reopen(plan, [shardOf(sku, 3)])).toEqual({ outcome: 'done' });
    const back = { from: shardOf(sku, 0), to: shardOf(sku, 3), quantity: 5 };
    expect(await stores().shards.transfer(back)).toEqual({ outcome: 'done' });
    expect(codeOf(await open().reserve(order({ [sku]: 40 }), now))).toBeUndefined();
    expect(audit(await readBooks(store.client, table))).toEqual([]);
  });
});

describe('entries in the journals of closed shards', () => {
  it('are repaired into the shards that take their place', async () => {
    const sku = await stockedSku('J');
    const id = shardOf(sku, 3);
    const debit = { ...id, quantity: 4, orderId: fresh('order'), nonce: 'crashed', at: time.nowMs, drops: [] };
    expect((await stores().shards.debit(debit)).outcome).toBe('debited');
    await close(sku, 3, 2);
    await close(sku, 1, 1);
    time.nowMs += 6_000;
    expect(await open().sweep([sku])).toMatchObject({ repairedCount: 1 });
    expect((await counters(sku)).map(({ available, reserved }) => [available, reserved])).toEqual([
      [30, 0],
      [0, 0],
      [10, 0],
      [0, 0],
    ]);
    expect(audit(await readBooks(store.client, table))).toEqual([]);
  });
});

describe('transfers', () => {
  it('take units from one shard to another', async () => {
    const sku = await stockedSku('T');
    const to = { location: 'W1', sku, shard: 3 };
    expect(await stores().shards.transfer({ from: shardOf(sku, 0), to, quantity: 4 })).toEqual({ outcome: 'done' });
    expect(await stores().shards.read([shardOf(sku, 0), to], 'strong')).toMatchObject([
      { available: 6, movedOut: 4 },
      { available: 14, movedIn: 4, credits: 2 },
    ]);
  });

  it('refuse missing units, unexpected numbers of units, and closed shards', async () => {
    const sku = await stockedSku('T');
    const { transfer } = stores().shards;
    const [from, to] = [shardOf(sku, 0), shardOf(sku, 1)];
    const refused = { outcome: 'refused' };
    expect(await transfer({ from, to, quantity: 11 })).toEqual(refused);
    expect(await transfer({ from, to, quantity: 5, ifAvailable: 9 })).toEqual(refused);
    await close(sku, 1, 1);
    expect(await transfer({ from, to, quantity: 5 })).toEqual(refused);
    expect(await counters(sku)).toMatchObject([{}, { shard: 1, closedTo: 1 }, {}, {}]);
    expect(audit(await readBooks(store.client, table))).toEqual([]);
  });

  it('keep units from sale', async () => {
    const sku = await stockedSku('T');
    const safety = { location: 'W1', sku, shard: 'safety' } as const;
    expect(await stores().shards.transfer({ from: shardOf(sku, 0), to: safety, quantity: 10 })).toEqual({
      outcome: 'done',
    });
    expect((await counters(sku))[0]).toMatchObject({ available: 0, movedIn: 0, movedOut: 10 });
    expect(codeOf(await open().reserve(order({ [sku]: 31 }), now))).toBe('OUT_OF_STOCK');
  });
});
