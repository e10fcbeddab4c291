import { describe, expect, it } from 'vitest';
import { announceLevels } from '../../../../../functions/inventory/availability/commands/announce-levels.ts';
import type { LevelChange } from '../../../../../functions/inventory/availability/domain/level-change.ts';
import type { ShardId, SkuPlan } from '../../../../../functions/inventory/sharding/index.ts';
import { TransientFault } from '../../../../../functions/shared/kernel/faults.ts';
import { toInstant } from '../../../../../functions/shared/kernel/time.ts';

const now = toInstant(0);

interface Stock {
  /** Units for sale at the only location. */
  readonly shards?: number;
  /** Units for sale in each shard. */
  readonly available?: number;
  /** Units reserved for backorders. */
  readonly kept?: number;
  /** Units that orders wait for; absent for a SKU that was never backordered. */
  readonly waitedFor?: number;
}

/** SKUs with their stock, and a log of the requests made for them, in order. */
function stocked(stocks: Readonly<Record<string, Stock>>) {
  const log: string[] = [];
  const reads: string[] = [];
  const announced = new Map<string, LevelChange>();
  const faults = new Map<string, Error>();
  /** How often another announcer announces the SKU first, by SKU. */
  const rivals = new Map<string, number>();
  const happen = (what: string, skus: readonly string[], shards?: number) => {
    log.push([what, ...(shards === undefined ? [] : [`${shards} of`]), ...skus].join(' '));
    for (const sku of skus) {
      const fault = faults.get(`${what} ${sku}`);
      if (fault !== undefined) throw fault;
    }
  };
  const plans = new Map(
    Object.entries(stocks).map(([sku, { shards = 1 }]): [string, SkuPlan] => [
      sku,
      { sku, path: 'T', revision: 1, locations: [{ location: 'W1', shards, priority: 0 }] },
    ]),
  );
  const dependencies = {
    planQueues: {
      async plansAndQueues(skus: readonly string[], consistency: string) {
        reads.push(consistency);
        happen('know', skus);
        const known = skus.flatMap((sku) => {
          const units = stocks[sku]?.waitedFor;
          return units === undefined ? [] : [[sku, { units }] as const];
        });
        return { plans: new Map([...plans].filter(([sku]) => skus.includes(sku))), queues: new Map(known) };
      },
    },
    shards: {
      async read(shards: readonly ShardId[], consistency: string) {
        reads.push(consistency);
        if (shards.length > 0) happen('see', [...new Set(shards.map(({ sku }) => sku))], shards.length);
        return shards.map((shard) => {
          const { available = 0, kept = 0 } = stocks[shard.sku] ?? {};
          const moved = { reserved: 0, shipped: 0, received: 0, movedIn: 0, movedOut: 0, credits: 0, journal: [] };
          return { ...shard, ...moved, available: shard.shard === 'backorder' ? kept : available };
        });
      },
    },
    levels: {
      async latest(skus: readonly string[]) {
        // A read that does not wait for this answer comes before it in the log.
        await new Promise(setImmediate);
        happen('latest', skus);
        return new Map([...announced].filter(([sku]) => skus.includes(sku)));
      },
      async announce(change: LevelChange) {
        happen('announce', [change.sku]);
        const ahead = rivals.get(change.sku) ?? 0;
        rivals.set(change.sku, ahead - 1);
        if (ahead > 0) return 'changed' as const;
        announced.set(change.sku, change);
        return 'announced' as const;
      },
    },
    queue: { wake: async (sku: string) => happen('wake', [sku]) },
  };
  const announce = (skus = Object.keys(stocks)) => announceLevels(skus, now, dependencies);
  const times = (what: string) => log.filter((each) => `${each} `.startsWith(`${what} `)).length;
  return { announce, log, reads, times, announced, faults, rivals };
}

describe('the levels of many SKUs', () => {
  it('are read before the units of the SKUs', async () => {
    const { announce, log, reads } = stocked({ MUG: { available: 1 }, CUP: { shards: 2 } });
    await announce();
    expect(reads).toEqual(['eventual', 'strong']);
    expect(log).toEqual(['know MUG CUP', 'latest MUG CUP', 'see 3 of MUG CUP', 'announce CUP']);
  });

  it('are not announced for a SKU without a location', async () => {
    const { announce, log } = stocked({});
    expect(await announce(['MUG'])).toEqual(new Map());
    expect(log).toEqual(['know MUG', 'latest MUG']);
  });

  it('are read a bounded number of shards at a time, and never from a part of the shards of a SKU', async () => {
    const { announce, log, announced } = stocked({
      ...{ A: { shards: 200 }, B: { shards: 300 }, C: { shards: 1 }, D: { shards: 512 }, E: { shards: 2 } },
    });
    await announce();
    const sights = log.filter((each) => each.startsWith('see'));
    expect(sights).toEqual(['see 500 of A B', 'see 1 of C', 'see 512 of D', 'see 2 of E']);
    expect([...announced.keys()]).toEqual(['A', 'B', 'C', 'D', 'E']);
  });

  it('are read again where another batch has announced the SKU in between, and nowhere else', async () => {
    const { announce, log, rivals } = stocked({ MUG: {}, CUP: {}, TRAY: {} });
    rivals.set('CUP', 2);
    expect(await announce()).toEqual(new Map());
    expect(log.filter((each) => each.startsWith('latest'))).toEqual([
      'latest MUG CUP TRAY',
      'latest CUP',
      'latest CUP',
    ]);
    expect(log.slice(-3)).toEqual(['latest CUP', 'see 1 of CUP', 'announce CUP']);
  });

  it('fail for a transient reason when other batches keep announcing a SKU', async () => {
    const { announce, rivals, times } = stocked({ MUG: {}, CUP: {} });
    rivals.set('CUP', 5);
    await expect(announce()).rejects.toThrow(TransientFault);
    expect(times('announce CUP')).toBe(5);
    expect(times('announce MUG')).toBe(1);
  });
});

describe('the backorder queue', () => {
  it('is woken where there are units for it', async () => {
    const { announce, log } = stocked({
      ...{ NOTHING: { waitedFor: 1 }, ONSALE: { waitedFor: 1, available: 1 }, KEPT: { waitedFor: 1, kept: 1 } },
      ...{ OVER: { waitedFor: 0, available: 1 }, SURPLUS: { waitedFor: 0, kept: 1 }, NOBODY: { available: 1 } },
    });
    await announce();
    expect(log.filter((each) => each.startsWith('wake'))).toEqual(['wake ONSALE', 'wake KEPT', 'wake SURPLUS']);
  });

  it('is woken once, however often the SKU is read', async () => {
    const { announce, rivals, times } = stocked({ MUG: { waitedFor: 2, kept: 1 }, CUP: { waitedFor: 2, kept: 1 } });
    rivals.set('CUP', 3);
    await announce();
    expect([times('wake MUG'), times('wake CUP')]).toEqual([1, 1]);
  });
});

describe('a SKU that cannot be read', () => {
  const skus = Array.from({ length: 50 }, (_, index) => `S${index}`);
  const shop = () => stocked(Object.fromEntries(skus.map((sku) => [sku, { waitedFor: 1, kept: 1 }])));
  const steps = ['latest', 'know', 'see', 'wake', 'announce'];

  it.each(steps)('does not make other SKUs fail: %s', async (step) => {
    const { announce, announced, faults, times } = shop();
    const bad = new Error('malformed');
    faults.set(`${step} S37`, bad);
    expect(await announce()).toEqual(new Map([['S37', bad]]));
    const others = skus.filter((sku) => sku !== 'S37');
    expect([...announced.keys()]).toEqual(others);
    for (const sku of others) expect(times(`wake ${sku}`)).toBe(1);
    // Work is split in halves, not into single SKUs.
    expect(times('know') + times('see')).toBeLessThan(20);
  });

  it.each(steps)('for a transient reason makes the whole batch fail: %s', async (step) => {
    const { announce, faults, times } = shop();
    faults.set(`${step} S37`, new TransientFault('not now'));
    await expect(announce()).rejects.toThrow('not now');
    for (const each of ['know', 'latest', 'see']) expect(times(each)).toBeLessThanOrEqual(1);
  });
});
