import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mergeShards } from '../../functions/inventory/sharding/commands/merge-shards.ts';
import { spreadOverShards } from '../../functions/inventory/sharding/commands/spread-shards.ts';
import type { Transfer } from '../../functions/inventory/sharding/domain/shard.ts';
import type { SkuPlan } from '../../functions/inventory/sharding/domain/shard-plan.ts';
import type { Contention } from '../../functions/inventory/sharding/index.ts';
import { isRefusal } from '../../functions/shared/kernel/refusal.ts';
import { addSeconds, toInstant } from '../../functions/shared/kernel/time.ts';
import type { Client } from '../../functions/shared/table-access.ts';
import { layouts, startStore, type TestStore } from '../support/dynamodb.ts';
import { openStock, type Stock } from '../support/stock.ts';
import { audit, type Books, readBooks } from './stock-store-audit.ts';
import { codeOf, fresh, order } from './stock-store-contract.ts';
import { fatefulClient } from './stock-store-faults.ts';

let store: TestStore;
let table: string;
/** The clock of every process. */
let nowMs = Date.parse('2026-11-22T12:00:00.000Z');
const now = () => toInstant(nowMs);
const clock = { clock: now, pace: { random: Math.random, sleep: async () => undefined } };

beforeAll(async () => {
  store = await startStore();
});
afterAll(() => store.stop());
beforeEach(async () => {
  table = await store.createTable(layouts.inventory);
});

/** The dependencies of rebalancing, for its steps that are tested alone. */
const rebalancing = (client: Client) => openStock(table, { ...clock, client }).functions.rebalancing;
/** The dependencies of reserving: it reports conflicts and grows plans. */
const reserving = (client: Client) => openStock(table, { ...clock, client }).functions.reserving;

class Dead extends Error {
  override readonly name = 'Dead';
}

/** A process that ends before its call number `calls` (from 0), and counts its calls. */
function mortal(calls = Number.POSITIVE_INFINITY) {
  const made: string[] = [];
  const send = async (command: object) => {
    if (made.length >= calls) throw new Dead('the process has ended');
    made.push(command.constructor.name.replace(/Command$/, ''));
    return store.client.send(command as never);
  };
  return { client: { send } as unknown as Client, made };
}

const process = (client: Client = store.client): { stock: Stock; plans: Stock } => {
  const options = { ...clock, client };
  return { stock: openStock(table, options), plans: openStock(table, options) };
};

async function received(sku: string, quantity: number, location = 'W1'): Promise<void> {
  await process().stock.receive({ receiptId: fresh('receipt'), sku, location, quantity }, now());
}

async function prepared(sku: string, expectedPeakPerSecond: number, plans = process().plans) {
  const view = await plans.prepare(sku, { expectedPeakPerSecond }, now());
  if (isRefusal(view)) throw new Error(view.refused.code);
  return view.plan;
}

const planNow = async (sku: string): Promise<SkuPlan> => {
  const view = await process().plans.planOf(sku);
  if (view === undefined) throw new Error('no plan');
  return view.plan;
};
const shardsNow = async (sku: string) => (await planNow(sku)).locations.map(({ shards }) => shards);

async function hotNow(): Promise<string[]> {
  return [...(await openStock(table, { ...clock, client: store.client }).functions.rebalancing.plans.hotSkus())];
}

/** Units by shard, as stored in the table. */
async function unitsByShard(sku: string, column: 'av' | 'rs' = 'av'): Promise<Map<number, number>> {
  const { shards } = await readBooks(store.client, table);
  return new Map(
    shards.filter(({ pk }) => pk.split('#')[2] === sku).map((shard) => [Number(shard.pk.split('#')[3]), shard[column]]),
  );
}

/** Units that no order can find: in a closed shard, or in one that the plan does not have. */
async function stranded(sku: string): Promise<string[]> {
  const [books, plan] = [await readBooks(store.client, table), await planNow(sku)];
  return (books.shards as (Books['shards'][number] & { cl?: number })[]).flatMap(({ pk, av, cl }) => {
    const [, location, name, shard] = pk.split('#');
    const shards = plan.locations.find((each) => each.location === location)?.shards ?? 0;
    const reachable = cl === undefined && Number(shard) < shards;
    return name !== sku || av === 0 || reachable ? [] : [`${pk}: ${av} units, closed to ${cl}, of ${shards} shards`];
  });
}

async function expectSound(sku: string): Promise<void> {
  expect(await stranded(sku)).toEqual([]);
  expect(audit(await readBooks(store.client, table))).toEqual([]);
}

/** Sells one unit at a time until none is left, and returns the number sold. */
async function sellOut(sku: string): Promise<number> {
  const { stock } = process();
  for (let sold = 0; ; sold++) {
    nowMs += 3_000;
    const answer = await stock.reserve(order({ [sku]: 1 }, fresh('order'), addSeconds(now(), 900)), now());
    if (codeOf(answer) === 'OUT_OF_STOCK') return sold;
    expect(codeOf(answer)).toBeUndefined();
  }
}

/** Rebalances the hot SKUs every minute for this long. */
async function tendFor(minutes: number, plans = process().plans): Promise<number> {
  let merged = 0;
  for (let minute = 0; minute <= minutes; minute++) {
    const round = await plans.rebalance(now());
    expect(round.failed).toEqual([]);
    merged += round.mergedCount;
    nowMs += 60_000;
  }
  return merged;
}

const dayAndAMinute = 86_460_000;

describe('a sale is prepared', () => {
  it('with a shard for every 250 buyers a second, its units spread evenly over them', async () => {
    const sku = fresh('SKU');
    await received(sku, 10_000);
    const plan = await prepared(sku, 10_000);
    expect(plan).toMatchObject({
      path: 'J',
      locations: [{ location: 'W1', shards: 64 }],
      expectedPeakPerSecond: 10_000,
    });
    const units = [...(await unitsByShard(sku)).values()];
    expect(units).toHaveLength(64);
    expect(Math.min(...units)).toBeGreaterThan(150);
    expect(Math.max(...units)).toBeLessThan(164);
    expect(await hotNow()).toEqual([sku]);
    await expectSound(sku);
  });

  it('in no more shards than its units justify, at each of its locations', async () => {
    const sku = fresh('SKU');
    await received(sku, 100, 'W1');
    await received(sku, 7, 'W2');
    expect((await prepared(sku, 50_000)).locations).toMatchObject([
      { location: 'W1', shards: 8 },
      { location: 'W2', shards: 1 },
    ]);
    await expectSound(sku);
  });

  it('once, however often it is requested; later requests are added', async () => {
    const sku = fresh('SKU');
    await received(sku, 1_000);
    const first = await prepared(sku, 1_000);
    const units = await unitsByShard(sku);
    expect(await prepared(sku, 1_000)).toEqual(first);
    expect(await unitsByShard(sku)).toEqual(units);
    const later = await prepared(sku, 2_000);
    expect(later.locations).toMatchObject([{ shards: 8 }]);
    expect((await prepared(sku, 100)).locations).toMatchObject([{ shards: 8 }]);
    await expectSound(sku);
  });

  it('only at the requested location, and nowhere when the SKU has nothing there', async () => {
    const sku = fresh('SKU');
    await received(sku, 1_000, 'W1');
    await received(sku, 1_000, 'W2');
    const { plans } = process();
    await plans.prepare(sku, { expectedPeakPerSecond: 1_000, location: 'W2' }, now());
    expect(await shardsNow(sku)).toEqual([1, 4]);
    const refused = await plans.prepare(sku, { expectedPeakPerSecond: 1_000, location: 'W3' }, now());
    expect(refused).toMatchObject({ refused: { code: 'VALIDATION_FAILED', errors: [{ path: 'location' }] } });
    expect(await shardsNow(sku)).toEqual([1, 4]);
  });

  it('before its first receipt: the shards are created with the receipt', async () => {
    const sku = fresh('SKU');
    await received(sku, 1);
    expect((await prepared(sku, 2_000)).locations).toMatchObject([{ shards: 1 }]);
    await received(sku, 999);
    await tendFor(1);
    expect(await shardsNow(sku)).toEqual([8]);
    expect(Math.min(...(await unitsByShard(sku)).values())).toBeGreaterThan(90);
    await expectSound(sku);
  });

  it('while the SKU is being sold: orders that use the plan before it find every unit, and no more', async () => {
    const sku = fresh('SKU');
    await received(sku, 200);
    const buyers = Array.from({ length: 8 }, () => process().stock);
    for (const buyer of buyers) await buyer.warm([sku]);
    let sold = 0;
    const buy = async (buyer: Stock) => {
      for (let time = 0; time < 20; time++) {
        const answer = await buyer.reserve(order({ [sku]: 1 }, fresh('order'), addSeconds(now(), 900)), now());
        if (codeOf(answer) === undefined) sold += 1;
      }
    };
    await Promise.all([...buyers.map(buy), prepared(sku, 5_000)]);
    expect(sold).toBe(160);
    await expectSound(sku);
    expect(await sellOut(sku)).toBe(40);
  });
});

describe('an interrupted preparation', () => {
  it('before any of its calls leaves every unit for sale once, and is completed by a repetition', async () => {
    const whole = mortal();
    const rehearsal = fresh('SKU');
    await received(rehearsal, 32);
    await prepared(rehearsal, 1_000, process(whole.client).plans);
    expect(whole.made.length).toBeGreaterThan(6);
    for (let calls = 0; calls < whole.made.length; calls++) {
      const sku = fresh('SKU');
      await received(sku, 32);
      const { plans } = process(mortal(calls).client);
      await expect(plans.prepare(sku, { expectedPeakPerSecond: 1_000 }, now())).rejects.toThrow(Dead);
      await expectSound(sku);
      if (calls % 2 === 0) {
        expect(await sellOut(sku)).toBe(32);
        continue;
      }
      expect((await prepared(sku, 1_000)).locations).toMatchObject([{ shards: 4 }]);
      expect([...(await unitsByShard(sku)).values()]).toEqual(Array.from({ length: 4 }, () => 8));
      await expectSound(sku);
    }
  });

  it('is completed by rebalancing', async () => {
    const sku = fresh('SKU');
    await received(sku, 64);
    // Ends after the plan is written, before a unit has moved.
    const { client, made } = mortal(4);
    await expect(prepared(sku, 2_000, process(client).plans)).rejects.toThrow(Dead);
    expect(made).toContain('TransactWriteItems');
    expect(await shardsNow(sku)).toEqual([8]);
    await tendFor(4);
    expect(Math.max(...(await unitsByShard(sku)).values())).toBeLessThanOrEqual(16);
    await expectSound(sku);
  });
});

describe('shards that are too many', () => {
  it('are merged when the sale is over, by halves, until the SKU is like any other', async () => {
    const sku = fresh('SKU');
    await received(sku, 64);
    await prepared(sku, 2_000);
    await tendFor(20);
    expect(await shardsNow(sku)).toEqual([8]);
    nowMs += dayAndAMinute;
    await tendFor(15);
    expect(await shardsNow(sku)).toEqual([4]);
    await expectSound(sku);
    await tendFor(40);
    expect(await planNow(sku)).toMatchObject({ path: 'T', locations: [{ shards: 1 }] });
    expect(await hotNow()).toEqual([]);
    await expectSound(sku);
    expect(await process().stock.levels(sku)).toMatchObject({ available: 64 });
    expect(await sellOut(sku)).toBe(64);
  });

  it('stay while the SKU sells more than a quarter of their planned rate', async () => {
    const sku = fresh('SKU');
    await received(sku, 50_000);
    await prepared(sku, 500);
    nowMs += dayAndAMinute;
    const { stock, plans } = process();
    await plans.rebalance(now());
    for (let minute = 0; minute < 15; minute++) {
      nowMs += 60_000;
      // 126 units a second, in few orders.
      await stock.reserve(order({ [sku]: 7_560 / 3 }, fresh('order'), addSeconds(now(), 900)), now());
      await stock.reserve(order({ [sku]: 7_560 / 3 }, fresh('order'), addSeconds(now(), 900)), now());
      await stock.reserve(order({ [sku]: 7_560 / 3 }, fresh('order'), addSeconds(now(), 900)), now());
      if (minute < 6) await plans.rebalance(now());
    }
    expect(await shardsNow(sku)).toEqual([2]);
  });

  it('are left half merged by a process that ends before any of its calls, without losing a unit', async () => {
    const newSale = async () => {
      const sku = fresh('SKU');
      await received(sku, 32);
      await prepared(sku, 1_000);
      return sku;
    };
    const whole = mortal();
    expect(await mergeShards(await newSale(), 'W1', now(), rebalancing(whole.client))).toBe(true);
    expect(whole.made.length).toBeGreaterThan(5);
    for (let calls = 0; calls < whole.made.length; calls++) {
      const sku = await newSale();
      await expect(mergeShards(sku, 'W1', now(), rebalancing(mortal(calls).client))).rejects.toThrow(Dead);
      await expectSound(sku);
      if (calls % 3 === 0) expect(await sellOut(sku)).toBe(32);
      if (calls % 3 === 1) {
        expect(await mergeShards(sku, 'W1', now(), rebalancing(store.client))).toBe(true);
        expect(await shardsNow(sku)).toEqual([2]);
      }
      if (calls % 3 === 2) {
        expect((await prepared(sku, 1_001)).locations).toEqual([{ location: 'W1', shards: 4, priority: 0 }]);
        expect(Math.min(...(await unitsByShard(sku)).values())).toBeGreaterThan(0);
      }
      await expectSound(sku);
    }
  });

  it('are merged completely by the next round of rebalancing', async () => {
    const sku = fresh('SKU');
    await received(sku, 32);
    await prepared(sku, 1_000);
    nowMs += dayAndAMinute;
    // Reads the plan, writes it, reads the shards, and closes one of them.
    await expect(mergeShards(sku, 'W1', now(), rebalancing(mortal(4).client))).rejects.toThrow(Dead);
    expect(await planNow(sku)).toMatchObject({ locations: [{ shards: 4, closingTo: 2 }] });
    expect(await process().plans.rebalance(now())).toMatchObject({ mergedCount: 1, failed: [] });
    expect(await shardsNow(sku)).toEqual([2]);
    await expectSound(sku);
  });

  it('give back their reserved units to the shards of the plan', async () => {
    const sku = fresh('SKU');
    await received(sku, 64);
    await prepared(sku, 2_000);
    const { stock } = process();
    const requests = Array.from({ length: 16 }, () => order({ [sku]: 3 }, fresh('order'), addSeconds(now(), 900)));
    const buyers = requests.map((request) => process().stock.reserve(request, now()));
    expect((await Promise.all(buyers)).map(codeOf)).toEqual(requests.map(() => undefined));
    const [shipped, expired, ...released] = requests;
    if (shipped === undefined || expired === undefined) throw new Error('unreachable');
    await stock.confirm(shipped.orderId, now());
    for (const times of [4, 2, 1]) {
      await mergeShards(sku, 'W1', now(), rebalancing(store.client));
      expect(await shardsNow(sku)).toEqual([times]);
    }
    expect([...(await unitsByShard(sku, 'rs'))].filter(([shard, units]) => shard > 0 && units > 0)).not.toEqual([]);
    for (const { orderId } of released) await stock.release(orderId);
    expect(await stock.expire(expired.orderId, addSeconds(now(), 901))).toBe(true);
    const lines = shipped.lines;
    await stock.commit({ orderId: shipped.orderId, shipmentId: 'shipment', location: 'W1', lines });
    await expectSound(sku);
    expect(await stock.levels(sku)).toMatchObject({ available: 61, reserved: 0, locations: [{ shipped: 3 }] });
    expect((await unitsByShard(sku)).get(0)).toBe(61);
    await received(sku, 3);
    expect(await sellOut(sku)).toBe(64);
  });

  it('receive no units while they are being closed', async () => {
    const sku = fresh('SKU');
    await received(sku, 32);
    await prepared(sku, 1_000);
    await expect(mergeShards(sku, 'W1', now(), rebalancing(mortal(4).client))).rejects.toThrow(Dead);
    for (let time = 0; time < 8; time++) await received(sku, 4);
    await expectSound(sku);
    await mergeShards(sku, 'W1', now(), rebalancing(store.client));
    await expectSound(sku);
    expect(await sellOut(sku)).toBe(64);
  });
});

describe('a process that was frozen', () => {
  const half = async () => {
    const sku = fresh('SKU');
    await received(sku, 32);
    await prepared(sku, 1_000);
    return { sku, plan: await planNow(sku) };
  };
  const shard = (sku: string, index: number) => ({ location: 'W1', sku, shard: index });

  it('opens no shard that was closed by a later plan', async () => {
    const { sku, plan } = await half();
    await mergeShards(sku, 'W1', now(), rebalancing(store.client));
    const { shards: late } = rebalancing(store.client);
    expect(await late.reopen(plan, [shard(sku, 3)])).toEqual({ outcome: 'plan-changed' });
    await expectSound(sku);
    expect(await late.transfer({ from: shard(sku, 0), to: shard(sku, 3), quantity: 4 })).toMatchObject({
      outcome: 'refused',
    });
    await expectSound(sku);
  });

  /**
   * Halves the shards of a location in a process that is frozen before its call number `at` (from 1) while others act.
   */
  async function mergeInterrupted(sku: string, at: number, act: () => Promise<unknown>): Promise<boolean> {
    let calls = 0;
    const send = async (command: object) => {
      calls += 1;
      if (calls === at) await act();
      return store.client.send(command as never);
    };
    const merged = await mergeShards(sku, 'W1', now(), rebalancing({ send } as unknown as Client));
    expect(calls).toBeGreaterThanOrEqual(at);
    return merged;
  }
  // Of its calls the first two change the plan, the third reads the shards, two close shards, and the last two shrink
  // the plan.
  const [firstClosing, lastWrite] = [4, 7];

  it('opens no shard while a location is shrinking, even one that it read as closed under the same plan', async () => {
    const { sku } = await half();
    const merged = await mergeInterrupted(sku, lastWrite, async () => {
      await spreadOverShards(await planNow(sku), 'W1', rebalancing(store.client));
    });
    expect(merged).toBe(true);
    await expectSound(sku);
    expect(await sellOut(sku)).toBe(32);
  });

  it('does not shrink a plan that has grown since', async () => {
    const { sku } = await half();
    expect(await mergeInterrupted(sku, lastWrite, () => prepared(sku, 1_500))).toBe(false);
    expect(await shardsNow(sku)).toEqual([4]);
    await expectSound(sku);
    await tendFor(1);
    await expectSound(sku);
    expect(await sellOut(sku)).toBe(32);
  });

  it('does not shrink a plan that has grown since and begins to shrink anew', async () => {
    const { sku } = await half();
    const merged = await mergeInterrupted(sku, lastWrite, async () => {
      await prepared(sku, 1_500);
      await expect(mergeShards(sku, 'W1', now(), rebalancing(mortal(2).client))).rejects.toThrow(Dead);
    });
    expect(merged).toBe(false);
    expect(await planNow(sku)).toMatchObject({ locations: [{ shards: 4, closingTo: 2 }] });
    await expectSound(sku);
  });

  it('closes no shard that got units back since it was read', async () => {
    const { sku } = await half();
    const requests = Array.from({ length: 12 }, () => order({ [sku]: 1 }, fresh('order'), addSeconds(now(), 900)));
    for (const request of requests) await process().stock.reserve(request, now());
    const held = await unitsByShard(sku, 'rs');
    expect((held.get(2) ?? 0) + (held.get(3) ?? 0)).toBeGreaterThan(0);
    await mergeInterrupted(sku, firstClosing, async () => {
      for (const { orderId } of requests) await process().stock.release(orderId);
    });
    await expectSound(sku);
    expect(await sellOut(sku)).toBe(32);
  });

  it('does not shrink a plan while one of its upper shards cannot be closed', async () => {
    const { sku } = await half();
    const busy = rebalancing(store.client);
    const shards = {
      ...busy.shards,
      transfer: (transfer: Transfer) =>
        transfer.from.shard === 3 ? Promise.resolve({ outcome: 'refused' as const }) : busy.shards.transfer(transfer),
    };
    expect(await mergeShards(sku, 'W1', now(), { ...busy, shards })).toBe(false);
    expect(await planNow(sku)).toMatchObject({ locations: [{ shards: 4, closingTo: 2 }] });
    await expectSound(sku);
    expect(await mergeShards(sku, 'W1', now(), busy)).toBe(true);
    await expectSound(sku);
  });

  it('and closes a shard that the plan still has hides none of its units', async () => {
    const { sku } = await half();
    const { shards: late } = rebalancing(store.client);
    const quantity = (await unitsByShard(sku)).get(3) ?? 0;
    const drained = { from: shard(sku, 3), to: shard(sku, 1), quantity, ifAvailable: quantity, close: 2 };
    expect(await late.transfer(drained)).toEqual({ outcome: 'done' });
    expect(await stranded(sku)).toEqual([]);
    await received(sku, 4);
    await tendFor(2);
    await expectSound(sku);
    expect((await unitsByShard(sku)).get(3)).toBeGreaterThan(0);
    expect(await sellOut(sku)).toBe(36);
  });
});

describe('contended reservations', () => {
  /** A process that meets a conflict in the first shard of the transaction, so many times. */
  function colliding(times: number): { stock: Stock; met: () => number } {
    let met = 0;
    const client = fatefulClient(store.client, () => {
      met += 1;
      return met <= times ? 'contended' : 'sound';
    });
    return { stock: process(client).stock, met: () => met };
  }
  const buy = (stock: Stock, sku: string) =>
    stock.reserve(order({ [sku]: 1 }, fresh('order'), addSeconds(now(), 900)), now());

  it('get more shards, and journaled debits', async () => {
    const sku = fresh('SKU');
    await received(sku, 1_000);
    const { stock } = colliding(4);
    expect(codeOf(await buy(stock, sku))).toBeUndefined();
    expect(await planNow(sku)).toMatchObject({ path: 'J', locations: [{ shards: 4 }] });
    expect(Math.min(...(await unitsByShard(sku)).values())).toBeGreaterThan(240);
    expect(await hotNow()).toEqual([sku]);
    await expectSound(sku);
  });

  it('stay on path T after one or two conflicts', async () => {
    const sku = fresh('SKU');
    await received(sku, 1_000);
    await buy(process().stock, sku);
    const { stock } = colliding(3);
    expect(codeOf(await buy(stock, sku))).toBeUndefined();
    expect(await planNow(sku)).toMatchObject({ path: 'T', locations: [{ shards: 1 }] });
  });

  it('grow a SKU once, however many processes notice, and not again within two seconds', async () => {
    const sku = fresh('SKU');
    await received(sku, 1_000);
    const notice = () => reserving(store.client).contention;
    const thrice = async (contended: Contention) => {
      for (let time = 0; time < 3; time++) await contended.met([{ location: 'W1', sku, shard: 0 }], now());
    };
    await Promise.all(Array.from({ length: 6 }, () => thrice(notice())));
    expect(await shardsNow(sku)).toEqual([4]);
    expect((await planNow(sku)).revision).toBe(2);
    nowMs += 1_999;
    await thrice(notice());
    expect(await shardsNow(sku)).toEqual([4]);
    nowMs += 1;
    await thrice(notice());
    expect(await shardsNow(sku)).toEqual([8]);
    await expectSound(sku);
  });

  it('do not count conflicts of seconds ago', async () => {
    const sku = fresh('SKU');
    await received(sku, 1_000);
    const contended = reserving(store.client).contention;
    for (let time = 0; time < 10; time++) {
      await contended.met([{ location: 'W1', sku, shard: 0 }], now());
      nowMs += 600;
    }
    expect(await shardsNow(sku)).toEqual([1]);
  });

  it('of few units share the existing shards', async () => {
    const sku = fresh('SKU');
    await received(sku, 10);
    const contended = reserving(store.client).contention;
    for (let time = 0; time < 3; time++) await contended.met([{ location: 'W1', sku, shard: 0 }], now());
    expect(await planNow(sku)).toMatchObject({ path: 'T', locations: [{ shards: 1 }], revision: 1 });
  });
});

describe('reservations of the last units', () => {
  it('ask for no more shards, and read none, once a snapshot shows how few units are left', async () => {
    const sku = fresh('SKU');
    await received(sku, 1_000);
    await prepared(sku, 1_000);
    const { client, made } = mortal();
    const here = reserving(client);
    const { contention: contended } = here;
    const plan = await planNow(sku);
    const thrice = async () => {
      for (let time = 0; time < 3; time++) await contended.met([{ location: 'W1', sku, shard: 0 }], now());
    };
    const snapshot = { sku, at: nowMs, units: 63, free: [], credits: 0, creditsChangedAt: 0 };
    nowMs += 3_000;
    here.plans.learn(plan);
    here.snapshots.learn({ ...snapshot, at: nowMs }, plan);
    await thrice();
    expect(made).toEqual([]);
    expect(await shardsNow(sku)).toEqual([4]);
    nowMs += 1;
    here.snapshots.learn({ ...snapshot, at: nowMs, units: 64 }, plan);
    await thrice();
    expect(await shardsNow(sku)).toEqual([8]);
  });
});

describe('a reservation that reads while units move', () => {
  /**
   * A store that reads shard 0 of a SKU, then lets others act once, and then reads the other shards, as DynamoDB may.
   */
  function torn(sku: string, act: () => Promise<unknown>) {
    let torn = 0;
    const send = async (command: object) => {
      const [[name = '', asked] = []] = Object.entries(
        command instanceof BatchGetItemCommand ? (command.input.RequestItems ?? {}) : {},
      );
      const keys = asked?.Keys ?? [];
      const early = keys.filter(({ pk }) => pk?.S !== `I#W1#${sku}#1`);
      if (torn > 0 || keys.length === early.length || early.length === 0) return store.client.send(command as never);
      torn += 1;
      const read = (Keys: typeof keys) =>
        store.client.send(new BatchGetItemCommand({ RequestItems: { [name]: { Keys, ConsistentRead: true } } }));
      const first = await read(early);
      await act();
      const second = await read(keys.filter((key) => !early.includes(key)));
      const items = [...(first.Responses?.[name] ?? []), ...(second.Responses?.[name] ?? [])];
      return { Responses: { [name]: items } };
    };
    // The process tries the first shard first.
    const pace = { ...clock.pace, random: () => 0 };
    const stock = openStock(table, { ...clock, pace, client: { send } as unknown as Client });
    return { reserve: stock.reserve, reads: () => torn };
  }

  it('is not refused because it read one shard before the move and the other after it', async () => {
    const sku = fresh('SKU');
    await received(sku, 32);
    await prepared(sku, 500);
    await process().stock.reserve(order({ [sku]: 15 }, fresh('order'), addSeconds(now(), 900)), now());
    await process().stock.reserve(order({ [sku]: 15 }, fresh('order'), addSeconds(now(), 900)), now());
    const shard = (index: number) => ({ location: 'W1', sku, shard: index });
    const move = (from: number, to: number) =>
      rebalancing(store.client).shards.transfer({ from: shard(from), to: shard(to), quantity: 1 });
    // The remaining units are in the second shard; the process reads the first one first.
    const units = await unitsByShard(sku);
    for (let unit = units.get(0) ?? 0; unit > 0; unit--) await move(0, 1);
    expect(await unitsByShard(sku)).toEqual(
      new Map([
        [0, 0],
        [1, 2],
      ]),
    );
    // No snapshot that the two orders left is young enough to say where the units are: the reader reads the shards.
    nowMs += 10_000;
    const reader = torn(sku, async () => {
      await move(1, 0);
      await move(1, 0);
    });
    expect(
      codeOf(await reader.reserve(order({ [sku]: 2 }, fresh('order'), addSeconds(now(), 900)), now())),
    ).toBeUndefined();
    expect(reader.reads()).toBeGreaterThan(0);
    await expectSound(sku);
  });
});

describe('rebalancing hot SKUs', () => {
  it('costs one small read while nothing is hot', async () => {
    await received(fresh('SKU'), 100);
    const { client, made } = mortal();
    expect(await process(client).plans.rebalance(now())).toMatchObject({ hotCount: 0, active: false });
    expect(made).toEqual(['BatchGetItem']);
  });

  it('doubles the shards of a SKU that sells more than their planned rate', async () => {
    const sku = fresh('SKU');
    await received(sku, 50_000);
    await prepared(sku, 500);
    nowMs += 5_000;
    const { stock, plans } = process();
    expect(await plans.rebalance(now())).toMatchObject({ active: false });
    nowMs += 5_000;
    await stock.reserve(order({ [sku]: 2_510 }, fresh('order'), addSeconds(now(), 900)), now());
    expect(await plans.rebalance(now())).toMatchObject({ grownCount: 1, active: true });
    expect(await shardsNow(sku)).toEqual([4]);
    await expectSound(sku);
  });

  it('by two processes at once does what one does', async () => {
    const sku = fresh('SKU');
    await received(sku, 64);
    await prepared(sku, 2_000);
    nowMs += dayAndAMinute;
    const [one, other] = [process().plans, process().plans];
    for (let minute = 0; minute < 50; minute++) {
      const both = await Promise.all([one.rebalance(now()), other.rebalance(now())]);
      for (const { failed } of both) expect(failed).toEqual([]);
      await expectSound(sku);
      nowMs += 60_000;
    }
    expect(await shardsNow(sku)).toEqual([1]);
    expect(await sellOut(sku)).toBe(64);
  });
});
