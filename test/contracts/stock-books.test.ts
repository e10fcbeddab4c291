import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamodbBackorderSetting, setBackorder } from '../../functions/inventory/backorders/index.ts';
import { isTransient } from '../../functions/shared/kernel/faults.ts';
import { toInstant } from '../../functions/shared/kernel/time.ts';
import type { Client } from '../../functions/shared/table-access.ts';
import { runs, timeLimitMs } from '../support/campaign.ts';
import { layouts, startStore, type TestStore } from '../support/dynamodb.ts';
import { makeHot } from '../support/hot-skus.ts';
import { openStock, type Stock } from '../support/stock.ts';
import { audit, ledgerContradictions, readBooks } from './stock-store-audit.ts';
import { codeOf, fresh, now, order, receive } from './stock-store-contract.ts';
import { type Fate, fatefulClient } from './stock-store-faults.ts';

let store: TestStore;
let table: string;

beforeAll(async () => {
  store = await startStore();
  table = await store.createTable(layouts.inventory);
});

afterAll(() => store.stop());

const later = toInstant(Date.parse(now) + 60_000);
const pace = { random: Math.random, sleep: async () => undefined };
const shop = () => openStock(table, { client: store.client });
const books = (client: Client = store.client) => openStock(table, { client, pace });

/** Stock at some locations, in a number of shards. */
async function stock(units: Readonly<Record<string, number>>, shards = 1): Promise<string> {
  const sku = fresh('SKU');
  for (const [location, quantity] of Object.entries(units)) {
    if (shards > 1) await shop().plan(sku, { location, shards });
    if (quantity > 0) await receive(shop(), sku, location, quantity);
  }
  return sku;
}

const adjustment = (sku: string, quantity: number, location = 'W1') =>
  ({ adjustmentId: fresh('adjustment'), sku, location, quantity, reason: 'damage', at: now }) as const;
const count = (sku: string, counted: number, location = 'W1') =>
  ({ countId: fresh('count'), sku, location, counted, at: now }) as const;
const move = (sku: string, quantity: number, from = 'W1', to = 'W2') =>
  ({ moveId: fresh('move'), sku, from, to, quantity, at: now }) as const;

/** Units on hand, available, reserved and kept back at each location. */
async function levels(sku: string): Promise<Record<string, number[]>> {
  const found = await shop().levels(sku);
  return Object.fromEntries(
    (found?.locations ?? []).map(({ location, onHand, available, reserved, safety }) => {
      return [location, [onHand, available, reserved, safety]];
    }),
  );
}

async function wrongIn(): Promise<string[]> {
  const found = await readBooks(store.client, table);
  return [...audit(found), ...ledgerContradictions(found)];
}

describe('an adjustment', () => {
  it('removes and adds its units once, and answers a repetition the same', async () => {
    const sku = await stock({ W1: 10 });
    const damaged = { ...adjustment(sku, -3), note: 'fell off the shelf' };
    expect(await books().adjust(damaged)).toEqual(damaged);
    expect(await books().adjust({ ...damaged, at: later })).toEqual(damaged);
    expect(await levels(sku)).toEqual({ W1: [7, 7, 0, 0] });
    await books().adjust({ ...adjustment(sku, 2), reason: 'found' });
    expect(await levels(sku)).toEqual({ W1: [9, 9, 0, 0] });
    expect(await wrongIn()).toEqual([]);
  });

  it('is answered the same when nothing is left to remove a second time', async () => {
    const sku = await stock({ W1: 3 });
    const all = adjustment(sku, -3);
    await books().adjust(all);
    expect(await books().adjust(all)).toEqual(all);
    expect(await levels(sku)).toEqual({ W1: [0, 0, 0, 0] });
  });

  it('is refused under an id of another adjustment', async () => {
    const [sku, other] = [await stock({ W1: 10, W2: 10 }), await stock({ W1: 10 })];
    const first = adjustment(sku, -3);
    await books().adjust(first);
    for (const change of [
      { quantity: -4 },
      { location: 'W2' },
      { sku: other },
      { reason: 'loss' as const },
      { note: 'x' },
    ]) {
      expect(await books().adjust({ ...first, ...change })).toMatchObject({
        refused: { code: 'LEDGER_ID_REUSED', errors: [{ path: 'adjustmentId' }] },
      });
    }
    expect(await levels(sku)).toEqual({ W1: [7, 7, 0, 0], W2: [10, 10, 0, 0] });
    expect(await levels(other)).toEqual({ W1: [10, 10, 0, 0] });
    // Ids of different kinds are different ids.
    expect(codeOf(await books().count({ countId: first.adjustmentId, sku, location: 'W1', counted: 7, at: now }))).toBe(
      undefined,
    );
  });

  it('takes units for sale, then safety stock, but none that orders hold, and reports how many may leave', async () => {
    const sku = await stock({ W1: 10 });
    await shop().reserve(order({ [sku]: 4 }), now);
    await books().setSafetyStock({ sku, location: 'W1', wanted: 2 });
    const refused = await books().adjust(adjustment(sku, -7));
    expect(refused).toEqual({
      refused: {
        code: 'NOT_ENOUGH_AVAILABLE',
        detail: '7 units are to leave W1 and 6 may leave; 4 are reserved for orders.',
        errors: [{ path: 'quantity', message: 'must be at least -6' }],
      },
    });
    expect(await levels(sku)).toEqual({ W1: [10, 4, 4, 2] });
    expect(codeOf(await books().adjust(adjustment(sku, -5)))).toBeUndefined();
    expect(await levels(sku)).toEqual({ W1: [5, 0, 4, 1] });
    // What is missing of the safety stock comes from the next receipt.
    await receive(shop(), sku, 'W1', 3);
    expect(await levels(sku)).toEqual({ W1: [8, 2, 4, 2] });
    expect(await wrongIn()).toEqual([]);
  });

  it('takes units that are reserved for backorders last', async () => {
    const sku = await stock({ W1: 1 });
    await setBackorder(sku, { mode: 'backorder' }, dynamodbBackorderSetting(table, { client: store.client }));
    await books().setSafetyStock({ sku, location: 'W1', wanted: 1 });
    expect(codeOf(await shop().reserve(order({ [sku]: 3 }), now))).toBe('BACKORDERED');
    await receive(shop(), sku, 'W1', 2);
    expect(await shop().levels(sku)).toMatchObject({ safety: 1, backorder: { waiting: 3, kept: 2 } });
    await books().adjust(adjustment(sku, -2));
    expect(await shop().levels(sku)).toMatchObject({ safety: 0, backorder: { waiting: 3, kept: 1 } });
    expect(await books().count(count(sku, 0))).toMatchObject({ delta: -1 });
    expect(await shop().levels(sku)).toMatchObject({ onHand: 0, backorder: { waiting: 3, kept: 0 } });
    expect(await wrongIn()).toEqual([]);
  });

  it('takes units from many shards at once, and is refused when they are too many', async () => {
    const sku = await stock({ W1: 300 }, 100);
    expect(codeOf(await books().adjust(adjustment(sku, -290)))).toBeUndefined();
    expect(await levels(sku)).toEqual({ W1: [10, 10, 0, 0] });
    const thin = await stock({ W1: 97 }, 200);
    await receive(shop(), thin, 'W1', 97);
    const spread = await shop().levels(thin);
    expect(spread).toMatchObject({ available: 194 });
    expect(await books().adjust(adjustment(thin, -194))).toMatchObject({ refused: { code: 'STOCK_TOO_SPREAD' } });
    expect(await shop().levels(thin)).toEqual(spread);
    expect(await wrongIn()).toEqual([]);
  });

  it('may add units of a SKU that was never received, at a location that never had it', async () => {
    const sku = fresh('SKU');
    await books().adjust(adjustment(sku, 5, 'W7'));
    await books().adjust(adjustment(sku, 2, 'W8'));
    expect(await levels(sku)).toEqual({ W7: [5, 5, 0, 0], W8: [2, 2, 0, 0] });
    expect(codeOf(await shop().reserve(order({ [sku]: 7 }), now))).toBeUndefined();
    expect(codeOf(await books().adjust(adjustment(sku, -1, 'W9')))).toBe('NOT_ENOUGH_AVAILABLE');
    expect(await wrongIn()).toEqual([]);
  });

  it('refuses what is not a number of units', async () => {
    const sku = await stock({ W1: 3 });
    for (const wrong of [0, 0.5, Number.NaN]) {
      await expect(books().adjust(adjustment(sku, wrong))).rejects.toThrow(RangeError);
    }
  });
});

describe('a count', () => {
  it('sets the units on hand to the counted number, reserved units and safety stock included', async () => {
    const sku = await stock({ W1: 10, W2: 5 });
    await shop().reserve(order({ [sku]: 3 }), now);
    await books().setSafetyStock({ sku, location: 'W1', wanted: 2 });
    expect(await books().count(count(sku, 8))).toMatchObject({ counted: 8, delta: -2 });
    expect(await levels(sku)).toEqual({ W1: [8, 3, 3, 2], W2: [5, 5, 0, 0] });
    expect(await books().count(count(sku, 20))).toMatchObject({ delta: 12 });
    expect(await levels(sku)).toEqual({ W1: [20, 15, 3, 2], W2: [5, 5, 0, 0] });
    expect(await books().count(count(sku, 20))).toMatchObject({ delta: 0 });
    expect(await wrongIn()).toEqual([]);
  });

  it('is applied once: a repetition has the first answer, whatever was received since', async () => {
    const sku = await stock({ W1: 10 });
    const first = count(sku, 8);
    const answer = await books().count(first);
    await receive(shop(), sku, 'W1', 5);
    expect(await books().count({ ...first, at: later })).toEqual(answer);
    expect(await levels(sku)).toEqual({ W1: [13, 13, 0, 0] });
    expect(codeOf(await books().count({ ...first, counted: 9 }))).toBe('LEDGER_ID_REUSED');
    expect(codeOf(await books().count({ ...first, location: 'W2' }))).toBe('LEDGER_ID_REUSED');
  });

  it('cannot remove units that orders hold', async () => {
    const sku = await stock({ W1: 10 });
    await shop().reserve(order({ [sku]: 6 }), now);
    expect(await books().count(count(sku, 5))).toMatchObject({
      refused: { code: 'NOT_ENOUGH_AVAILABLE', errors: [{ path: 'counted', message: 'must be at least 6' }] },
    });
    expect(await books().count(count(sku, 6))).toMatchObject({ delta: -4 });
    expect(await levels(sku)).toEqual({ W1: [6, 0, 6, 0] });
  });

  it('may find fewer units than safety stock keeps back', async () => {
    const sku = await stock({ W1: 3 });
    await books().setSafetyStock({ sku, location: 'W1', wanted: 3 });
    expect(await levels(sku)).toEqual({ W1: [3, 0, 0, 3] });
    expect(await books().count(count(sku, 2))).toMatchObject({ delta: -1 });
    expect(await levels(sku)).toEqual({ W1: [2, 0, 0, 2] });
    expect(await books().count(count(sku, 0))).toMatchObject({ delta: -2 });
    expect(await wrongIn()).toEqual([]);
  });

  it('below the reserved units can be recorded as a shortage, which names the orders', async () => {
    const sku = await stock({ W1: 10, W2: 5 });
    const [held, confirmed, shipped, released, elsewhere] = [2, 3, 1, 1, 5].map((units) => order({ [sku]: units }));
    const orders = [held, confirmed, shipped, released, elsewhere] as NonNullable<typeof held>[];
    for (const each of orders) await shop().reserve(each, now);
    for (const each of [confirmed, shipped]) await shop().confirm(each?.orderId ?? '', now);
    const lines = [{ lineId: '1', sku, quantity: 1 }];
    await shop().commit({ orderId: shipped?.orderId ?? '', shipmentId: 's', location: 'W1', lines });
    await shop().release(released?.orderId ?? '');
    await books().setSafetyStock({ sku, location: 'W1', wanted: 2 });
    const [, , reserved] = (await levels(sku)).W1 ?? [];
    const short = { ...count(sku, 1), acceptShortage: true };
    const answer = await books().count(short);
    expect(answer).toMatchObject({ counted: 1, shortage: (reserved ?? 0) - 1, ordersComplete: true });
    const named = (answer as unknown as { orders: { orderId: string; units: number }[] }).orders;
    expect(named.reduce((sum, { units }) => sum + units, 0)).toBe(reserved);
    expect(named.map(({ orderId }) => orderId)).not.toContain(shipped?.orderId);
    expect(named.map(({ orderId }) => orderId)).not.toContain(released?.orderId);
    expect((await levels(sku)).W1).toEqual([reserved, 0, reserved, 0]);
    // A repetition has the same answer, and without the permission such a count is refused.
    expect(await books().count(short)).toEqual(answer);
    expect(codeOf(await books().count(count(sku, 1)))).toBe('NOT_ENOUGH_AVAILABLE');
    // When the orders are released, the next count takes their units.
    for (const { orderId } of named) await shop().release(orderId);
    expect(await books().count(count(sku, 1))).toMatchObject({ delta: 1 - (reserved ?? 0) });
    expect(await wrongIn()).toEqual([]);
  });

  it('may be the first entry of a location, and may find nothing', async () => {
    const sku = fresh('SKU');
    expect(await books().count(count(sku, 0))).toMatchObject({ delta: 0 });
    expect(await shop().levels(sku)).toBeUndefined();
    expect(await books().count(count(sku, 4, 'W5'))).toMatchObject({ delta: 4 });
    expect(await levels(sku)).toEqual({ W5: [4, 4, 0, 0] });
    expect(await wrongIn()).toEqual([]);
  });

  /** Does something at the moment between the first read and the first write. */
  function interrupted(what: () => Promise<unknown>): Stock {
    let due = true;
    return books(
      fatefulClient(
        store.client,
        () => 'sound',
        async (request) => {
          if (request !== 'TransactWriteItemsCommand goes out' || !due) return;
          due = false;
          await what();
        },
      ),
    );
  }

  it.each([
    ['goods come in', 4, (sku: string) => receive(shop(), sku, 'W1', 7), 17],
    ['goods come in', 1, (sku: string) => receive(shop(), sku, 'W1', 7), 17],
    ['goods are moved away', 4, (sku: string) => books().move(move(sku, 4)), 6],
    ['goods are moved away', 1, (sku: string) => books().move(move(sku, 3)), 7],
    ['another count finds more', 4, (sku: string) => books().count(count(sku, 30)), 30],
  ])('is decided anew when %s meanwhile (%i shards)', async (_, shards, what, onHand) => {
    const sku = await stock({ W1: 10 }, shards);
    expect(await interrupted(() => what(sku)).count(count(sku, 6))).toMatchObject({ delta: 6 - onHand });
    expect((await levels(sku)).W1).toEqual([6, 6, 0, 0]);
    expect(await wrongIn()).toEqual([]);
  });

  it('notices units received into a shard that is new since the read', async () => {
    const sku = await stock({ W1: 10 });
    const enlarged = async () => {
      await shop().plan(sku, { location: 'W1', shards: 8 });
      await receive(shop(), sku, 'W1', 1);
    };
    expect(await interrupted(enlarged).count(count(sku, 10))).toMatchObject({ delta: -1 });
    expect((await levels(sku)).W1).toEqual([10, 10, 0, 0]);
    expect(await wrongIn()).toEqual([]);
  });

  it('does not conflict with reservations and releases', async () => {
    const sku = await stock({ W1: 10 }, 2);
    const held = order({ [sku]: 2 });
    await shop().reserve(held, now);
    const sales = async () => {
      await shop().reserve(order({ [sku]: 1 }), now);
      await shop().release(held.orderId);
    };
    expect(await interrupted(sales).count(count(sku, 8))).toMatchObject({ delta: -2 });
    expect((await levels(sku)).W1).toEqual([8, 7, 1, 0]);
  });
});

describe('a move', () => {
  it('takes units from one location to another, once', async () => {
    const sku = await stock({ W1: 10 }, 3);
    const first = move(sku, 7);
    expect(await books().move(first)).toEqual(first);
    expect(await books().move({ ...first, at: later })).toEqual(first);
    expect(await levels(sku)).toEqual({ W1: [3, 3, 0, 0], W2: [7, 7, 0, 0] });
    for (const change of [{ quantity: 6 }, { from: 'W2', to: 'W1' }, { to: 'W3' }]) {
      expect(codeOf(await books().move({ ...first, ...change }))).toBe('LEDGER_ID_REUSED');
    }
    expect(await wrongIn()).toEqual([]);
  });

  it('moves units for sale and no others', async () => {
    const sku = await stock({ W1: 10 });
    await shop().reserve(order({ [sku]: 4 }), now);
    expect(await books().move(move(sku, 7))).toMatchObject({
      refused: { code: 'NOT_ENOUGH_AVAILABLE', errors: [{ path: 'quantity', message: 'must be at most 6' }] },
    });
    expect(await levels(sku)).toEqual({ W1: [10, 6, 4, 0] });
    expect(codeOf(await books().move(move(sku, 1, 'W9', 'W1')))).toBe('NOT_ENOUGH_AVAILABLE');
    await expect(books().move(move(sku, 1, 'W1', 'W1'))).rejects.toThrow(RangeError);
  });

  it('fills the safety stock of the destination first', async () => {
    const sku = await stock({ W1: 10 });
    await books().setSafetyStock({ sku, location: 'W2', wanted: 4 });
    await books().move(move(sku, 6));
    expect(await levels(sku)).toEqual({ W1: [4, 4, 0, 0], W2: [6, 2, 0, 4] });
    expect(await wrongIn()).toEqual([]);
  });
});

describe('safety stock', () => {
  it('is kept back from the units for sale, and then from receipts', async () => {
    const sku = await stock({ W1: 3, W2: 9 }, 2);
    const wish = { sku, location: 'W1', wanted: 5 };
    expect(await books().setSafetyStock(wish)).toEqual({ ...wish, held: 3 });
    expect(await levels(sku)).toEqual({ W1: [3, 0, 0, 3], W2: [9, 9, 0, 0] });
    await receive(shop(), sku, 'W1', 1);
    expect(await levels(sku)).toMatchObject({ W1: [4, 0, 0, 4] });
    await receive(shop(), sku, 'W1', 6);
    expect(await levels(sku)).toMatchObject({ W1: [10, 5, 0, 5] });
    await receive(shop(), sku, 'W1', 6);
    expect(await levels(sku)).toMatchObject({ W1: [16, 11, 0, 5] });
    expect(await wrongIn()).toEqual([]);
  });

  it('is not for sale, and is for sale again when less safety stock is wanted', async () => {
    const sku = await stock({ W1: 10 }, 3);
    await books().setSafetyStock({ sku, location: 'W1', wanted: 8 });
    expect(codeOf(await shop().reserve(order({ [sku]: 3 }), now))).toBe('OUT_OF_STOCK');
    expect(await shop().availability([sku])).toEqual(new Map([[sku, 2]]));
    expect(await books().setSafetyStock({ sku, location: 'W1', wanted: 6 })).toMatchObject({ held: 6 });
    expect(codeOf(await shop().reserve(order({ [sku]: 3 }), now))).toBeUndefined();
    expect(await books().setSafetyStock({ sku, location: 'W1', wanted: 0 })).toMatchObject({ held: 0 });
    expect(await levels(sku)).toEqual({ W1: [10, 7, 3, 0] });
    expect(await wrongIn()).toEqual([]);
  });

  it('requested again keeps back units that have become available since', async () => {
    const sku = await stock({ W1: 4 });
    const held = order({ [sku]: 3 });
    await shop().reserve(held, now);
    const wish = { sku, location: 'W1', wanted: 3 };
    expect(await books().setSafetyStock(wish)).toMatchObject({ held: 1 });
    await shop().release(held.orderId);
    expect(await books().setSafetyStock(wish)).toMatchObject({ held: 3 });
    expect(await books().setSafetyStock(wish)).toMatchObject({ held: 3 });
    expect(await levels(sku)).toEqual({ W1: [4, 1, 0, 3] });
  });

  it('may be requested before anything was received', async () => {
    const sku = fresh('SKU');
    expect(await books().setSafetyStock({ sku, location: 'W1', wanted: 3 })).toMatchObject({ held: 0 });
    await receive(shop(), sku, 'W1', 5);
    expect(await levels(sku)).toEqual({ W1: [5, 2, 0, 3] });
  });

  it('is filled by one of two receipts that come at the same moment, not by both', async () => {
    const sku = await stock({ W1: 1 });
    await books().setSafetyStock({ sku, location: 'W1', wanted: 6 });
    await Promise.all(Array.from({ length: 8 }, () => receive(shop(), sku, 'W1', 4)));
    expect(await levels(sku)).toEqual({ W1: [33, 27, 0, 6] });
    expect(await wrongIn()).toEqual([]);
  });
});

describe('units that several entries add at the same time', () => {
  it('fill the safety stock once', async () => {
    const sku = await stock({ W1: 1 });
    await books().setSafetyStock({ sku, location: 'W1', wanted: 6 });
    await Promise.all(Array.from({ length: 6 }, () => books().adjust(adjustment(sku, 4))));
    expect(await levels(sku)).toEqual({ W1: [25, 19, 0, 6] });
    expect(await wrongIn()).toEqual([]);
  });
});

describe('many entries at the same time', () => {
  it('are each made once, and none takes units that are not there', async () => {
    const sku = await stock({ W1: 100, W2: 40 }, 3);
    const entries = Array.from({ length: 24 }, (_, index) => {
      if (index % 3 === 0) return () => books().adjust(adjustmentOf[index % 8] ?? adjustment(sku, -1));
      if (index % 3 === 1)
        return () => books().move({ ...move(sku, 5, 'W1', 'W2'), moveId: `move-${sku}-${index % 4}` });
      return () => shop().reserve(order({ [sku]: 3 }), now);
    });
    const adjustmentOf = Array.from({ length: 8 }, () => adjustment(sku, -4));
    await Promise.all([...entries, ...entries.filter((_, index) => index % 3 !== 2)].map((entry) => entry()));
    expect(await wrongIn()).toEqual([]);
    const total = await shop().levels(sku);
    // Eight adjustments of four; moves and orders leave everything on hand.
    expect(total).toMatchObject({ onHand: 140 - 8 * 4, reserved: 24 });
  });
});

describe('requests that fail', () => {
  it.each<Fate>(['lost-acknowledgement', 'never-sent', 'sent-twice', 'contended'])(
    'with %s may be repeated: everything happens once',
    async (fate) => {
      const sku = await stock({ W1: 20, W2: 5 }, 2);
      const untilAnswered = async <T>(ask: (books: Stock) => Promise<T>, at: number): Promise<T> => {
        // The read of plan and record, the read of the shards, the write.
        let request = 0;
        const client = fatefulClient(store.client, () => (++request === at ? fate : 'sound'));
        try {
          return await ask(books(client));
        } catch (fault) {
          if (!isTransient(fault)) throw fault;
          return ask(books());
        }
      };
      for (const at of [1, 2, 3]) {
        const [taken, moved, counted] = [adjustment(sku, -2), move(sku, 3), count(sku, 10 - at, 'W1')];
        expect(await untilAnswered((each) => each.adjust(taken), at)).toEqual(taken);
        expect(await untilAnswered((each) => each.move(moved), at)).toEqual(moved);
        expect(await untilAnswered((each) => each.count(counted), at)).toMatchObject({ counted: 10 - at });
        const wish = { sku, location: 'W2', wanted: at };
        expect(await untilAnswered((each) => each.setSafetyStock(wish), at)).toEqual({ ...wish, held: at });
        expect(await levels(sku)).toEqual({ W1: [10 - at, 10 - at, 0, 0], W2: [5 + 3 * at, 5 + 2 * at, 0, at] });
        expect(await wrongIn()).toEqual([]);
      }
    },
  );
});

describe('any entries in any order', () => {
  const entry = fc.record({
    kind: fc.constantFrom('receive', 'adjust', 'count', 'move', 'safety', 'reserve', 'release', 'plan', 'hot'),
    location: fc.constantFrom('W1', 'W2'),
    units: fc.integer({ min: 1, max: 9 }),
    down: fc.boolean(),
  });

  it(
    'keep the books in balance',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(entry, { minLength: 10, maxLength: 25 }), async (entries) => {
          table = await store.createTable(layouts.inventory);
          const sku = fresh('SKU');
          const held: string[] = [];
          await receive(shop(), sku, 'W1', 5);
          for (const { kind, location, units, down } of entries) {
            const other = location === 'W1' ? 'W2' : 'W1';
            const request = order({ [sku]: units });
            if (kind === 'receive') await receive(shop(), sku, location, units);
            else if (kind === 'adjust') await books().adjust(adjustment(sku, down ? -units : units, location));
            else if (kind === 'count') {
              const { counted, ...answer } = count(sku, down ? units : units * 5, location);
              const taken = await books().count({ ...answer, counted });
              if (codeOf(taken) === undefined && counted > 0) expect((await levels(sku))[location]?.[0]).toBe(counted);
            } else if (kind === 'move') await books().move(move(sku, units, location, other));
            else if (kind === 'safety') await books().setSafetyStock({ sku, location, wanted: down ? 0 : units });
            else if (kind === 'reserve' && codeOf(await shop().reserve(request, now)) === undefined)
              held.push(request.orderId);
            else if (kind === 'release') await shop().release(held.pop() ?? 'no-order');
            else if (kind === 'plan') await shop().plan(sku, { location, shards: units });
            else if (kind === 'hot') await makeHot(store.client, table, sku);
            const found = await readBooks(store.client, table);
            expect(ledgerContradictions(found)).toEqual([]);
          }
          for (const orderId of held) await shop().release(orderId);
          expect(await wrongIn()).toEqual([]);
        }),
        { numRuns: runs(25), endOnFailure: true },
      );
    },
    timeLimitMs(120_000),
  );
});
