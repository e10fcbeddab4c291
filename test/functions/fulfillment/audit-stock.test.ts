import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../../../bench/inventory-simulator/random.ts';
import type { Allocation } from '../../../events/vocabulary.ts';
import { dynamodbAuditedStock } from '../../../functions/inventory/audit/adapters/dynamodb-stock-scan.ts';
import type { AuditedOrders } from '../../../functions/inventory/audit/commands/audit-orders.ts';
import { runAudit } from '../../../functions/inventory/audit/commands/run-audit.ts';
import type { OrderState } from '../../../functions/inventory/audit/domain/audit-order.ts';
import type { StockFinding } from '../../../functions/inventory/audit/domain/stock-finding.ts';
import { isRefusal } from '../../../functions/shared/kernel/refusal.ts';
import { addSeconds, toInstant } from '../../../functions/shared/kernel/time.ts';
import { expiresAt, now, order } from '../../contracts/stock-store-contract.ts';
import { layouts, startStore, type TestStore } from '../../support/dynamodb.ts';
import { makeHot } from '../../support/hot-skus.ts';
import { openStock, type Stock } from '../../support/stock.ts';

const nowMs = Date.parse(now);
const anHour = 3_600_000;

let store: TestStore;
let table: string;
let shop: Stock;
let orders: Map<string, OrderState>;

beforeAll(async () => {
  store = await startStore();
});

afterAll(() => store.stop());

/** Stock with every kind of entry, which balances. */
beforeEach(async () => {
  table = await store.createTable(layouts.inventory);
  const options = { client: store.client, clock: () => now, nonce: nonces() };
  shop = openStock(table, options);
  await shop.receive({ receiptId: 'r1', sku: 'MUG', location: 'BER', quantity: 20 }, now);
  await shop.receive({ receiptId: 'r2', sku: 'MUG', location: 'VIE', quantity: 5 }, now);
  await shop.adjust({ adjustmentId: 'a1', sku: 'MUG', location: 'BER', quantity: -2, reason: 'damage', at: now });
  await shop.move({ moveId: 'm1', sku: 'MUG', from: 'BER', to: 'VIE', quantity: 3, at: now });
  await shop.count({ countId: 'c1', sku: 'MUG', location: 'VIE', counted: 9, at: now });
  await shop.setSafetyStock({ sku: 'MUG', location: 'BER', wanted: 2 });
  orders = new Map();
  await reserve('held', 3);
  await reserve('confirmed', 2);
  await shop.confirm('confirmed', now);
  await reserve('shipped', 1);
  await shop.confirm('shipped', now);
  const left = { orderId: 'shipped', shipmentId: 'shp_1', location: 'BER', lines: [line(1)] };
  await shop.commit(left);
  await makeHot(store.client, table, 'MUG');
  await reserve('hot', 4);
  orders.set('held', standing(3, { status: 'placed' }));
  orders.set('confirmed', standing(2, { shipments: [{ shipmentId: 'shp_2', status: 'booked' }] }));
  orders.set('shipped', standing(1, { shipments: [{ shipmentId: 'shp_1', status: 'dispatched' }] }));
  orders.set('hot', standing(4, { status: 'placed' }));
});

function nonces(): () => string {
  let count = 0;
  return () => `nonce${++count}`;
}

const line = (quantity: number) => ({ lineId: '1', sku: 'MUG', quantity });

function standing(quantity: number, changes: Partial<OrderState>): OrderState {
  return { status: 'confirmed', isBeingUndone: false, lines: [line(quantity)], shipments: [], ...changes };
}

async function reserve(orderId: string, quantity: number): Promise<Allocation[]> {
  const held = await shop.reserve(order({ MUG: quantity }, orderId), now);
  if (isRefusal(held)) throw new Error(held.refused.detail);
  return [...held.allocations];
}

/** The orders as lists and logs show them. */
function audited(): AuditedOrders {
  const summary = ({ status }: OrderState) => ({ status, fulfillmentStatus: '' });
  return {
    summaries: async (ids) =>
      new Map(ids.flatMap((id) => (orders.has(id) ? [[id, summary(orders.get(id) as OrderState)]] : []))),
    state: async (orderId) => orders.get(orderId),
    async *confirmed() {
      yield { orderIds: [...orders].flatMap(([id, { status }]) => (status === 'confirmed' ? id : [])), more: false };
    },
  };
}

async function audit({ at = nowMs, within = (): boolean => true } = {}) {
  let looks = 0;
  const stock = dynamodbAuditedStock(table, within, { client: store.client });
  const counted: typeof stock.scan = (see, consistency) => {
    looks += 1;
    return stock.scan(see, consistency);
  };
  const pace = { sleep: () => new Promise<void>((done) => setTimeout(done, 5)) };
  const result = await runAudit({ stock: { ...stock, scan: counted }, orders: audited(), pace, nowMs: () => at });
  return { ...result, looks };
}

/** Changes an item without the store. */
async function corrupt(pk: string, change: string, values: Record<string, unknown> = {}): Promise<void> {
  await store.client.send(
    new UpdateItemCommand({
      TableName: table,
      Key: { pk: { S: pk } },
      UpdateExpression: change,
      ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: marshall(values) }),
    }),
  );
}

const remove = (pk: string) => store.client.send(new DeleteItemCommand({ TableName: table, Key: { pk: { S: pk } } }));
const put = (item: Record<string, unknown>) =>
  store.client.send(new PutItemCommand({ TableName: table, Item: marshall(item) }));

const shard = { sku: 'MUG', shard: 'BER#MUG#0' };

/** A way to damage the data, and exactly the findings that the audit must report. */
const corruptions: readonly {
  readonly what: string;
  damage(): Promise<unknown>;
  readonly found: readonly StockFinding[];
}[] = [
  {
    what: 'a unit without a receipt',
    damage: () => corrupt('I#BER#MUG#0', 'SET av = av + :one', { ':one': 1 }),
    found: [{ kind: 'shard_unbalanced', ...shard, expected: 13, found: 14 }],
  },
  {
    what: 'more sold than there was',
    damage: () => corrupt('I#BER#MUG#0', 'SET av = :minus, xi = xi - :four', { ':minus': -1, ':four': 4 }),
    found: [
      { kind: 'counter_below_zero', ...shard, about: 'available', expected: 0, found: -1 },
      { kind: 'counter_below_zero', ...shard, about: 'movedIn', expected: 0, found: -4 },
      { kind: 'moved_differs', sku: 'MUG', location: 'BER', expected: -5, found: -9 },
    ],
  },
  {
    what: 'units that are reserved for no order',
    damage: () => corrupt('I#BER#MUG#0', 'SET av = av - :two, rs = rs + :two', { ':two': 2 }),
    found: [{ kind: 'reserved_differs', ...shard, expected: 9, found: 11 }],
  },
  {
    what: 'a reservation that was lost',
    damage: () => remove('R#held'),
    found: [{ kind: 'reserved_differs', ...shard, expected: 6, found: 9 }],
  },
  {
    what: 'a shipment that was lost',
    damage: async () => {
      await remove('R#shipped');
      orders.delete('shipped');
    },
    found: [{ kind: 'shipped_differs', ...shard, expected: 0, found: 1 }],
  },
  {
    what: 'an entry of a journal that is never bound or returned',
    damage: () => {
      const { client } = store;
      const debit = { quantity: 2, orderId: 'gone', nonce: 'lost', at: nowMs - anHour, drops: [] };
      const to = { location: 'BER', sku: 'MUG', shard: 0 };
      return openStock(table, { client }).functions.reserving.shards.debit({ ...to, ...debit });
    },
    found: [
      {
        kind: 'journal_entry_forgotten',
        shard: 'BER#MUG#0',
        orderId: 'gone',
        about: 'lost',
        expected: 'bound or returned',
        found: '2 units for 3600 s',
      },
    ],
  },
  {
    what: 'units in a closed shard',
    damage: () => corrupt('I#BER#MUG#0', 'SET cl = :one', { ':one': 1 }),
    found: [{ kind: 'closed_shard_has_units', ...shard, expected: 0, found: 3 }],
  },
  {
    what: 'a plan that lacks a shard',
    damage: () => corrupt('P#MUG', 'SET locations[0].shards = :none', { ':none': 0 }),
    found: [{ kind: 'unplanned_shard_has_units', ...shard, expected: 0, found: 12 }],
  },
  {
    what: 'a receipt that was lost',
    damage: () => remove('C#receipt#r2'),
    found: [{ kind: 'received_differs', sku: 'MUG', location: 'VIE', expected: 0, found: 5 }],
  },
  {
    what: 'a move that was lost',
    damage: () => remove('C#move#m1'),
    found: [
      { kind: 'moved_differs', sku: 'MUG', location: 'BER', expected: -2, found: -5 },
      { kind: 'moved_differs', sku: 'MUG', location: 'VIE', expected: 1, found: 4 },
    ],
  },
  {
    what: 'a count that says otherwise',
    damage: () => corrupt('C#count#c1', 'SET delta = :two', { ':two': 2 }),
    found: [{ kind: 'moved_differs', sku: 'MUG', location: 'VIE', expected: 5, found: 4 }],
  },
  {
    what: 'an order that waits in no line',
    damage: async () => {
      await put({ pk: 'W#late', st: 'WAITING', sku: 'MUG', q: 3 });
      await put({ pk: 'W#filled', st: 'FILLED', sku: 'MUG', q: 9 });
      await put({ pk: 'Q#MUG', u: 1, rev: 4 });
    },
    found: [{ kind: 'waiting_differs', sku: 'MUG', expected: 3, found: 1 }],
  },
  {
    what: 'items without an owner',
    damage: async () => {
      await put({ pk: 'X#1' });
      await put({ pk: 'I#BER#MUG' });
    },
    found: [
      {
        kind: 'item_unreadable',
        about: 'X#1',
        expected: 'an item of the inventory',
        found: 'no kind of item begins like this',
      },
      {
        kind: 'item_unreadable',
        about: 'I#BER#MUG',
        expected: 'an item of the inventory',
        found: 'the key names no shard',
      },
    ],
  },
  {
    what: 'stock held for an order that was never placed',
    damage: async () => orders.delete('held'),
    found: [{ kind: 'order_unknown', orderId: 'held', expected: 'no units', found: '3 units' }],
  },
  {
    what: 'stock still held for an order that was rejected',
    damage: async () => orders.set('held', standing(3, { status: 'rejected' })),
    found: [{ kind: 'ended_order_holds_stock', orderId: 'held', expected: 0, found: 3 }],
  },
  {
    what: 'a confirmed order whose stock was released',
    damage: () => shop.release('confirmed'),
    found: [{ kind: 'confirmed_order_lacks_stock', orderId: 'confirmed', expected: 'CONFIRMED', found: 'RELEASED' }],
  },
  {
    what: 'a confirmed order without a reservation',
    damage: async () => orders.set('other', standing(1, {})),
    found: [{ kind: 'confirmed_order_lacks_stock', orderId: 'other', expected: 'CONFIRMED', found: 'no reservation' }],
  },
  {
    what: 'a reservation of other units than were ordered',
    damage: async () => orders.set('held', standing(2, { status: 'placed' })),
    found: [{ kind: 'order_units_differ', orderId: 'held', sku: 'MUG', about: 'line 1', expected: 2, found: 3 }],
  },
  {
    what: 'a shipment booked out that was never dispatched',
    damage: async () => orders.set('shipped', standing(1, { shipments: [{ shipmentId: 'shp_1', status: 'booked' }] })),
    found: [
      { kind: 'shipped_without_dispatch', orderId: 'shipped', about: 'shp_1', expected: 'dispatched', found: 'booked' },
    ],
  },
  {
    what: 'a dispatched shipment that was never booked out',
    damage: async () =>
      orders.set('confirmed', standing(2, { shipments: [{ shipmentId: 'shp_2', status: 'dispatched' }] })),
    found: [
      {
        kind: 'dispatched_not_shipped',
        orderId: 'confirmed',
        about: 'shp_2',
        expected: 'units shipped',
        found: 'units reserved',
      },
    ],
  },
];

describe('the audit of the stock', () => {
  it('reports nothing for stock that balances', async () => {
    const { findings, undecided, complete, shardCount, looks } = await audit();
    expect({ findings, undecided, complete, shardCount, looks }).toEqual({
      ...{ findings: [], undecided: [], complete: true },
      ...{ shardCount: 3, looks: 1 },
    });
  });

  it.each(corruptions)('names $what', async ({ damage, found }) => {
    await damage();
    const { findings, undecided } = await audit();
    expect(findings).toHaveLength(found.length);
    expect(findings).toEqual(expect.arrayContaining(found as StockFinding[]));
    expect(undecided).toEqual([]);
  });

  it('reports an expired hold a quarter of an hour after its end', async () => {
    const overAt = Date.parse(expiresAt);
    expect((await audit({ at: overAt + 900_000 })).findings).toEqual([]);
    const { findings } = await audit({ at: overAt + 900_001 });
    const expected = `released at ${expiresAt}`;
    expect(findings).toHaveLength(2);
    expect(findings).toContainEqual({ kind: 'hold_overdue', orderId: 'held', expected, found: 'still held' });
  });

  it('does not report a recent debit as lost', async () => {
    const { client } = store;
    const debit = { quantity: 2, orderId: 'under-way', nonce: 'young', at: nowMs - 2_000, drops: [] };
    const to = { location: 'BER', sku: 'MUG', shard: 0 };
    await openStock(table, { client }).functions.reserving.shards.debit({ ...to, ...debit });
    expect((await audit()).findings).toEqual([]);
  });

  it('does not report an order that is being undone', async () => {
    orders.set('confirmed', standing(2, { isBeingUndone: true }));
    await shop.release('confirmed');
    expect((await audit()).findings).toEqual([]);
  });

  it('reports an incomplete scan, and then only findings of single items', async () => {
    await corrupt('I#BER#MUG#0', 'SET av = av + :one', { ':one': 1 });
    await remove('R#held');
    let pages = 0;
    const { complete, findings } = await audit({ within: () => ++pages <= 7 });
    expect(complete).toBe(false);
    expect(findings.every(({ kind }) => kind === 'shard_unbalanced')).toBe(true);
  });

  it('finds nothing after a random history', async () => {
    const random = new Random(20_261_122);
    const books = openStock(table, { client: store.client, clock: () => now });
    for (let step = 0; step < 150; step++) {
      const id = `order-${random.below(40)}`;
      const location = random.chance(0.5) ? 'BER' : 'VIE';
      const act = [
        () => shop.reserve(order({ MUG: 1 + random.below(3) }, id), now),
        () => shop.release(id),
        () => shop.receive({ receiptId: `receipt-${step}`, sku: 'MUG', location, quantity: 1 + random.below(5) }, now),
        () =>
          books.adjust({ adjustmentId: `adj-${step}`, sku: 'MUG', location, quantity: -1, reason: 'loss', at: now }),
        () => books.setSafetyStock({ sku: 'MUG', location, wanted: random.below(4) }),
        () => shop.plan('MUG', { location, shards: 1 + random.below(4) }),
      ][random.below(6)];
      await act?.();
      orders.set(id, standing(0, { status: 'placed', lines: [] }));
    }
    expect((await audit()).findings).toEqual([]);
  });
});

describe('while stock is being sold', () => {
  it('the audit reports nothing false, and a real difference once the sale has ended', async () => {
    await shop.plan('MUG', { location: 'BER', shards: 4 });
    await shop.receive({ receiptId: 'sale', sku: 'MUG', location: 'BER', quantity: 400 }, now);
    let selling = true;
    const clock = () => toInstant(nowMs);
    const sale = Array.from({ length: 12 }, async (_, seller) => {
      const process = openStock(table, { client: store.client, clock });
      for (let sold = 0; selling; sold++) {
        const orderId = `sale-${seller}-${sold}`;
        orders.set(orderId, standing(1, { status: 'placed' }));
        const answer = await process.reserve(order({ MUG: 1 }, orderId, addSeconds(now, 3_600)), now);
        if (isRefusal(answer) || sold % 3 === 0) await process.release(orderId);
      }
    });
    const audits: Awaited<ReturnType<typeof audit>>[] = [];
    for (let round = 0; round < 4; round++) audits.push(await audit());
    selling = false;
    await Promise.all(sale);
    expect(audits.flatMap(({ findings }) => findings)).toEqual([]);
    // The audit must have seen differences, or the test would prove nothing.
    expect(audits.reduce((sum, { looks }) => sum + looks, 0)).toBeGreaterThan(audits.length);

    expect(await audit()).toMatchObject({ findings: [], undecided: [] });
    await corrupt('I#BER#MUG#2', 'SET xi = xi + :one, rs = rs + :one', { ':one': 1 });
    expect((await audit()).findings).toMatchObject([
      { kind: 'reserved_differs', shard: 'BER#MUG#2' },
      { kind: 'moved_differs', location: 'BER' },
    ]);
  });
});
