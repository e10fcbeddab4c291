import { describe, expect, it } from 'vitest';
import { drawChart } from '../../bench/inventory-simulator/chart.ts';
import { faultsOf } from '../../bench/inventory-simulator/goals.ts';
import type { Action, Item } from '../../bench/inventory-simulator/memory-items.ts';
import { readInventoryBenchOptions } from '../../bench/inventory-simulator/options.ts';
import { Random } from '../../bench/inventory-simulator/random.ts';
import { Sale } from '../../bench/inventory-simulator/sale.ts';
import { summarize } from '../../bench/inventory-simulator/sale-result.ts';
import { scenarioOf } from '../../bench/inventory-simulator/scenario.ts';
import type { Algorithm } from '../../bench/inventory-simulator/shop-process.ts';
import { runSale } from '../../bench/inventory-simulator/simulate-sale.ts';
import { assumedStore, SimulatedStore } from '../../bench/inventory-simulator/simulated-store.ts';
import { uncontendedWriteUnits } from '../../bench/inventory-simulator/uncontended.ts';
import { VirtualTime } from '../../bench/inventory-simulator/virtual-time.ts';

const smallSale = (algorithm: Algorithm, seed = 7) =>
  scenarioOf({ seed, algorithm, perSecond: 2_000, shards: 16, units: 1_000, buyers: 2_000 });

const shardItem = (key: string, units: number): Item => ({
  pk: key,
  ...{ av: units, rs: 0, sh: 0, rc: units, xi: 0, xo: 0, v: 1 },
});

const take = (key: string): Action => ({
  key,
  condition: (item) => Number(item?.av) >= 1,
  apply: (item) => ({ ...(item as Item), av: Number(item?.av) - 1 }),
});

function storeWith(units: Readonly<Record<string, number>>, partitions = 1) {
  const time = new VirtualTime();
  const store = new SimulatedStore(time, new Random(1), { ...assumedStore, partitions });
  for (const [key, count] of Object.entries(units)) store.items.put(shardItem(key, count));
  return { time, store };
}

describe('virtual time', () => {
  it('finishes everything that follows from an event before the next one', async () => {
    const time = new VirtualTime();
    const seen: string[] = [];
    const work = async (name: string, at: number) => {
      await time.sleep(at);
      for (let step = 0; step < 20; step++) await null;
      seen.push(`${name} at ${time.nowMs}`);
    };
    void work('late', 5);
    void work('early', 2);
    void work('same', 5);
    await time.run();
    expect(seen).toEqual(['early at 2', 'late at 5', 'same at 5']);
  });
});

describe('the simulated store', () => {
  it('gives a partition a thousand writes a second, whatever is asked of it', async () => {
    const { time, store } = storeWith({ a: 1_000_000 });
    let done = 0;
    const write = async () => {
      const answer = await store.send({ kind: 'write', action: take('a'), once: true });
      if (answer.outcome === 'done') done += 1;
    };
    for (let sent = 0; sent < 20_000; sent++) time.at(sent / 10, () => void write());
    await time.run();
    // Two seconds, and the tenth of a second that was saved up.
    expect(done).toBeGreaterThan(2_050);
    expect(done).toBeLessThan(2_110);
  });

  it('refuses a request for an item that a transaction holds', async () => {
    const { time, store } = storeWith({ a: 10, b: 10 }, 2);
    const outcomes: string[] = [];
    const send = async (what: 'write' | 'transact') => {
      const action = take('a');
      const request = what === 'write' ? { kind: what, action } : { kind: what, actions: [action, take('b')] };
      outcomes.push(`${what}: ${(await store.send(request as never)).outcome}`);
    };
    void send('transact');
    time.at(3, () => void send('write'));
    time.at(3, () => void send('transact'));
    time.at(30, () => void send('write'));
    await time.run();
    expect(outcomes.sort()).toEqual(['transact: contended', 'transact: done', 'write: contended', 'write: done']);
    expect(store.items.get('a')?.av).toBe(8);
    expect(store.items.get('b')?.av).toBe(9);
  });

  it('takes two units an item for a transaction, one for a plain write and for one that is refused', async () => {
    const { time, store } = storeWith({ a: 1, b: 10 });
    void store.send({ kind: 'transact', actions: [take('a'), take('b')] });
    await time.run();
    expect(store.figures.writeUnits).toBe(4);
    void store.send({ kind: 'write', action: take('b') });
    void store.send({ kind: 'write', action: take('a') });
    await time.run();
    expect(store.figures.writeUnits).toBe(6);
    void store.send({ kind: 'transact', actions: [take('a'), take('b')] });
    await time.run();
    expect(store.figures.writeUnits).toBe(8);
  });
});

describe.each<Algorithm>(['T', 'J', 'naive'])('a small simulated sale by %s', (algorithm) => {
  it('sells every unit once and refuses no buyer wrongly', async () => {
    const result = await runSale(smallSale(algorithm));
    expect(faultsOf([result])).toEqual([]);
    expect(result).toMatchObject({ sold: 1_000, left: 0, oversold: 0, stranded: 0, wrongDenials: 0 });
    expect(result.sold + result.denied + result.failed).toBe(2_000);
  });
});

describe('a simulation', () => {
  it('gives the same figures for the same seed, and others for another', async () => {
    const [first, again, other] = [
      await runSale(smallSale('J')),
      await runSale(smallSale('J')),
      await runSale(smallSale('J', 8)),
    ];
    expect(again).toEqual(first);
    expect(other.soldMs).not.toEqual(first.soldMs);
  });

  it('repairs what crashed, repeated and frozen processes leave', async () => {
    const scenario = {
      ...smallSale('J'),
      faults: { crashes: 0.05, frozen: 0.3, frozenMs: 8_000 },
      duplicates: 0.1,
      sweepers: 2,
      patienceMs: 60_000,
    };
    const result = await runSale({ ...scenario, fleet: { ...scenario.fleet, concurrency: 3_000, provisioned: 2_000 } });
    expect(faultsOf([result])).toEqual([]);
    expect(result.unhealed).toBe(0);
    expect(result.longestOpenSeconds).toBeGreaterThan(5);
    expect(result.longestOpenSeconds).toBeLessThan(10);
  });

  it('gives released units back for sale', async () => {
    const result = await runSale({ ...smallSale('J'), releases: { share: 0.2, afterMs: 200 } });
    expect(faultsOf([result])).toEqual([]);
    expect(result.sold).toBeGreaterThan(1_000);
  });

  it('answers every buyer of units that come back while partitions throttle the reads of all shards', async () => {
    const scenario = scenarioOf({ ...smallSale('J'), perSecond: 3_000, shards: 64, units: 1_500, buyers: 6_000 });
    const result = await runSale({
      ...scenario,
      store: { ...assumedStore, partitions: 8 },
      releases: { share: 0.2, afterMs: 300 },
    });
    expect(faultsOf([result])).toEqual([]);
    expect(result).toMatchObject({ failed: 0, wrongDenials: 0, stranded: 0 });
    // Without claims to the reads: 9,800 throttles, 5.8 write units, and more than 1.7 s.
    expect(result.throttles).toBeLessThan(4_000);
    expect(result.writeUnitsPerSale).toBeLessThan(4.5);
    expect(result.reservingWriteUnitsPerSale).toBeLessThan(result.writeUnitsPerSale);
    expect(result.answeredMs?.p99).toBeLessThan(1_200);
  }, 60_000);

  it('prices reservations without contention', async () => {
    expect(await uncontendedWriteUnits('T', 1)).toBe(4);
    expect(await uncontendedWriteUnits('T', 3)).toBe(8);
    expect(await uncontendedWriteUnits('J', 1)).toBe(2);
    expect(await uncontendedWriteUnits('J', 3)).toBe(4);
  });
});

describe('the checks bite', () => {
  it('a store that forgets the condition of debits oversells, and that is seen', async () => {
    const sale = new Sale(smallSale('T'));
    const { items } = sale.store;
    const allowed = items.isAllowed.bind(items);
    const isShard = (key: string) => key.startsWith('I#') && items.get(key) !== undefined;
    items.isAllowed = (action) => isShard(action.key) || allowed(action);
    await sale.run();
    const result = summarize(sale);
    expect(result.oversold).toBeGreaterThan(0);
    expect(faultsOf([result])).not.toEqual([]);
  });

  it('a store that forgets that there is a reservation strands units, and that is seen', async () => {
    const sale = new Sale({ ...smallSale('T'), duplicates: 0.5 });
    const allowed = sale.store.items.isAllowed.bind(sale.store.items);
    sale.store.items.isAllowed = (action) => action.key.startsWith('R#') || allowed(action);
    await sale.run();
    expect(summarize(sale).stranded).toBeGreaterThan(0);
  });

  it('finds wrong refusals because of snapshots that show no units although there are some', async () => {
    const sale = new Sale({ ...smallSale('J'), units: 1_900 });
    const apply = sale.store.items.apply.bind(sale.store.items);
    sale.store.items.apply = (action) => {
      if (!action.key.startsWith('B#')) return apply(action);
      return apply({ ...action, apply: (item) => ({ ...action.apply(item), units: 0, free: {} }) });
    };
    const ahead = sale.store.items.put.bind(sale.store.items);
    for (let copy = 0; copy < 4; copy++) {
      const at = Date.parse('2026-11-27T00:00:00.000Z') + 400;
      ahead({ pk: `B#HOT#${copy}`, at, units: 0, free: {}, credits: 16, changed: 0 });
    }
    await sale.run();
    const result = summarize(sale);
    expect(result.wrongDenials).toBeGreaterThan(0);
    expect(result.strictlyWrongDenials).toBeGreaterThanOrEqual(result.wrongDenials);
  });
});

describe('npm run bench:inventory', () => {
  it('takes a seed and parts', () => {
    expect(readInventoryBenchOptions(['--seed', '42', '--only', 'goals,store'])).toMatchObject({
      seed: 42,
      only: ['goals', 'store'],
    });
    expect(() => readInventoryBenchOptions(['--seed', 'x'])).toThrow('--seed x');
    expect(() => readInventoryBenchOptions(['--only', 'all'])).toThrow('--only all');
  });

  it('draws a line for each way to reserve', async () => {
    const results = [];
    for (const algorithm of ['T', 'J', 'naive'] as const) {
      for (const shards of [16, 128]) {
        results.push(
          await runSale(scenarioOf({ ...smallSale(algorithm), shards, perSecond: 10_000, units: 50, buyers: 80 })),
        );
      }
    }
    const svg = drawChart(results, 'A & B');
    expect(svg).toContain('A &amp; B');
    expect(svg.match(/<polyline/g)).toHaveLength(3 + 8 * 3);
    expect(svg).not.toContain('NaN');
  });
});
