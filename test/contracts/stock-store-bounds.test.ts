import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import {
  allocateBackorders,
  dynamodbBackorderAllocation,
  dynamodbBackorderSetting,
  setBackorder,
} from '../../functions/inventory/backorders/index.ts';
import { makeHot } from '../support/hot-skus.ts';
import { openStock, type Stock } from '../support/stock.ts';
import { audit, readBooks } from './stock-store-audit.ts';
import { codeOf, expiresAt, fresh, now, order, receive } from './stock-store-contract.ts';
import { clock, openStockTables, paceWith, store, table, time } from './stock-table.ts';

openStockTables();
const pace = paceWith(0.5);
const open = (): Stock => openStock(table, { client: store.client, pace, clock });

/** Numbers of shards around each limit: 50 debits, and a transaction of 100 items with one to three beside the shards. */
const around = [49, 50, 51, 96, 97, 98, 99, 100, 101, 102];
/** The shards with units begin here, so that each of them can close to another shard. */
const first = 102;

/** A SKU with one unit in each of some shards, and shards without units below them. */
async function oneUnitInEach(shards: number, path: 'T' | 'J', sku = fresh('SKU')): Promise<string> {
  await open().plan(sku, { location: 'W1', shards: first + shards });
  const zeros = { rs: { N: '0' }, sh: { N: '0' }, xi: { N: '0' }, xo: { N: '0' } };
  const puts = Array.from({ length: shards }, (_, index) => {
    const pk = { S: `I#W1#${sku}#${first + index}` };
    const Item = { pk, av: { N: '1' }, rc: { N: '1' }, v: { N: '1' }, ...zeros };
    return store.client.send(new PutItemCommand({ TableName: table, Item }));
  });
  const receipt = { location: { S: 'W1' }, quantity: { N: `${shards}` }, at: { S: now }, sku: { S: sku } };
  const Item = { pk: { S: `C#receipt#${sku}` }, kind: { S: 'receipt' }, ...receipt };
  await Promise.all([...puts, store.client.send(new PutItemCommand({ TableName: table, Item }))]);
  if (path === 'J') await makeHot(store.client, table, sku);
  return sku;
}

/** Closes every shard of the SKU that had units; each gives what it gets back to a shard of its own. */
async function closeAll(sku: string, shards: number): Promise<void> {
  const { shards: writer } = open().functions.reserving;
  for (let index = 0; index < shards; index++) {
    const from = { location: 'W1', sku, shard: first + index };
    const [seen] = await writer.read([from], 'strong');
    if ((seen?.available ?? 0) > 0) throw new Error('a shard has units left');
    const result = await writer.transfer({ from, quantity: 0, ifAvailable: 0, close: first });
    expect(result).toEqual({ outcome: 'done' });
  }
}

describe.each(['T', 'J'] as const)('an order for units of many shards, path %s', (path) => {
  it.each(around)('of %i shards is held, and released after all of them have closed', async (shards) => {
    const sku = await oneUnitInEach(shards, path);
    const wanted = order({ [sku]: shards });
    const held = await open().reserve(wanted, now);
    expect(held).toMatchObject({ allocations: [{ location: 'W1', lines: [{ sku, quantity: shards }] }] });
    expect(await open().levels(sku)).toMatchObject({ available: 0, reserved: shards });
    await closeAll(sku, shards);
    expect((await open().release(wanted.orderId)).released).toMatchObject([{ lines: [{ quantity: shards }] }]);
    time.nowMs += 6_000;
    await open().sweep([sku]);
    expect(await open().levels(sku)).toMatchObject({ available: shards, reserved: 0 });
    expect(audit(await readBooks(store.client, table))).toEqual([]);
  });

  it('of far more shards than one write can change is held', async () => {
    const sku = await oneUnitInEach(300, path);
    expect(codeOf(await open().reserve(order({ [sku]: 300 }), now))).toBeUndefined();
    expect(await open().levels(sku)).toMatchObject({ available: 0, reserved: 300 });
  });

  it('is shipped and expires as well', async () => {
    const sku = await oneUnitInEach(98, path);
    const [shipped, expired] = [order({ [sku]: 98 }), order({ [sku]: 98 })];
    await open().reserve(expired, now);
    await closeAll(sku, 98);
    expect(await open().expire(expired.orderId, expiresAt)).toBe(true);
    expect(codeOf(await open().reserve(shipped, now))).toBeUndefined();
    await open().confirm(shipped.orderId, now);
    const lines = [{ lineId: '1', sku, quantity: 98 }];
    await open().commit({ orderId: shipped.orderId, shipmentId: 's', location: 'W1', lines });
    expect(await open().levels(sku)).toMatchObject({ onHand: 0, locations: [{ shipped: 98 }] });
    await open().release(shipped.orderId, 'everything');
    expect(await open().levels(sku)).toMatchObject({ onHand: 98, available: 98 });
  });
});

describe('an order that waits for units of many shards', () => {
  it.each([96, 97, 98, 99, 102])('of %i shards is filled', async (shards) => {
    const sku = fresh('SKU');
    const access = { client: store.client, pace };
    await setBackorder(sku, { mode: 'backorder' }, dynamodbBackorderSetting(table, access));
    const wanted = order({ [sku]: shards });
    expect(codeOf(await open().reserve(wanted, now))).toBe('BACKORDERED');
    await oneUnitInEach(shards, 'T', sku);
    await allocateBackorders(sku, expiresAt, dynamodbBackorderAllocation(table, access));
    expect(await open().levels(sku)).toMatchObject({ available: 0, reserved: shards, backorder: { waiting: 0 } });
  });
});

describe('an order of fifty SKUs', () => {
  it.each(['T', 'J'] as const)('at two locations each is held, path %s, also when one write cannot', async (path) => {
    const skus = Array.from({ length: 50 }, () => fresh('SKU'));
    for (const sku of skus) {
      for (const location of ['W1', 'W2']) await receive(open(), sku, location, 1);
      if (path === 'J') await makeHot(store.client, table, sku);
    }
    const two = order(Object.fromEntries(skus.map((sku) => [sku, 2])));
    expect(codeOf(await open().reserve(two, now))).toBeUndefined();
    await open().release(two.orderId);
    const some = order(Object.fromEntries(skus.slice(0, 25).map((sku) => [sku, 2])));
    expect(codeOf(await open().reserve(some, now))).toBeUndefined();
  });
});

describe('an order whose worker crashed in several attempts', () => {
  it('gets the units of all its debits back, however many there are', async () => {
    const sku = await oneUnitInEach(90, 'J');
    const { shards } = open().functions.reserving;
    for (let index = 0; index < 90; index++) {
      const shard = { location: 'W1', sku, shard: first + index };
      const debit = { ...shard, quantity: 1, orderId: 'crashed', nonce: `nonce${index}`, at: time.nowMs, drops: [] };
      expect(await shards.debit(debit)).toMatchObject({ outcome: 'debited' });
    }
    time.nowMs += 6_000;
    expect(await open().sweep([sku])).toMatchObject({ repairedCount: 90, leftCount: 0 });
    expect(await open().levels(sku)).toMatchObject({ available: 90, reserved: 0 });
  });
});
