import { assumedFleet } from './fleet.ts';
import type { SaleResult } from './sale-result.ts';
import { type Scenario, scenarioOf } from './scenario.ts';
import type { Algorithm } from './shop-process.ts';
import { runSale } from './simulate-sale.ts';
import { assumedStore } from './simulated-store.ts';

/** The sale of the goals: 10,000 units, 100,000 buyers, 10,000 per second. */
export function goalSale(seed: number, quick: boolean): Scenario {
  return scenarioOf({
    ...{ seed, algorithm: 'J', perSecond: 10_000, shards: 128, adaptive: true },
    ...(quick && { buyers: 20_000 }),
  });
}

/** The same sale, in which a fifth of the holds is released after a second. */
export function releaseSale(seed: number, quick: boolean): Scenario {
  const size = quick ? { buyers: 10_000, units: 2_000 } : { buyers: 40_000, units: 8_000 };
  const releases = { share: 0.2, afterMs: 1_000 };
  return scenarioOf({
    seed,
    algorithm: 'J',
    perSecond: 5_000,
    shards: 128,
    adaptive: true,
    ...size,
    releases,
    patienceMs: 20_000,
  });
}

/**
 * The same sale with faults: 5 % of the requests end with their process, 10 % arrive twice, and 30 % are frozen before
 * they write the reservation, some of them longer than the age at which entries are repaired. Two sweepers run.
 */
export function troubledSale(seed: number, quick: boolean): Scenario {
  return scenarioOf({
    ...{ seed, algorithm: 'J', perSecond: 1_000, shards: 32, adaptive: true },
    ...(quick ? { units: 1_000, buyers: 2_000 } : { units: 5_000, buyers: 10_000 }),
    fleet: { ...assumedFleet, concurrency: 8_000, provisioned: 1_000, burst: 3_000, rampPerSecond: 1_000 },
    faults: { crashes: 0.05, frozen: 0.3, frozenMs: 8_000 },
    duplicates: 0.1,
    sweepers: 2,
    patienceMs: 60_000,
  });
}

/** A sale with more units than are wanted, and so many partitions that shards seldom share one. */
export function scalingSale(seed: number, shards: number, offeredPerShard: number, quick: boolean): Scenario {
  const perSecond = offeredPerShard * shards;
  return scenarioOf({
    ...{ seed, algorithm: 'J', perSecond, shards, units: 1_000_000 },
    buyers: perSecond * (quick ? 0.5 : 1.5),
    store: { ...assumedStore, partitions: 1_000 },
    fleet: { ...assumedFleet, concurrency: 10_000, provisioned: Math.ceil(perSecond * 0.05) },
    patienceMs: 0,
  });
}

/**
 * A SKU that was not prepared, on one shard and path T, wanted by 500 buyers a second: without growth, and with the growth
 * by contention of production.
 */
export function unpreparedSales(seed: number, quick: boolean): Scenario[] {
  const size = quick ? { buyers: 2_000, units: 1_000 } : { buyers: 10_000, units: 5_000 };
  return [false, true].map((adaptive) =>
    scenarioOf({ seed, algorithm: 'T', perSecond: 500, shards: 1, adaptive, ...size, patienceMs: 5_000 }),
  );
}

export const algorithms: readonly Algorithm[] = ['T', 'J', 'naive'];
const sweptShards = [1, 4, 16, 32, 64, 128, 256, 512];
const sweptRates = [100, 1_000, 5_000, 10_000, 20_000, 50_000];
/** The number of shards while the rate varies. */
const fixedShards = 128;
const fixedRate = 10_000;

/**
 * Every algorithm over rates and over shards. Each sale has 5,000 units for three times as many buyers: further buyers
 * would not change the result.
 */
export function sweepScenarios(seed: number, quick: boolean): Scenario[] {
  const units = quick ? 500 : 5_000;
  const rates = quick ? [1_000, 10_000] : sweptRates;
  const shards = quick ? [1, 32] : sweptShards;
  const points = [
    ...rates.map((perSecond) => ({ perSecond, shards: fixedShards })),
    ...shards.filter((count) => count !== fixedShards).map((count) => ({ perSecond: fixedRate, shards: count })),
  ];
  return algorithms.flatMap((algorithm) =>
    points.map((point) => {
      // At a hundred per second a sale of thousands takes minutes and shows no more than one of hundreds.
      const size = Math.min(units, point.perSecond * 5);
      return scenarioOf({ seed, algorithm, ...point, units: size, buyers: 3 * size, patienceMs: 3_000 });
    }),
  );
}

/** Runs sales one after the other; `report` is called for each. */
export async function runAll(scenarios: readonly Scenario[], report: (what: string) => void): Promise<SaleResult[]> {
  const results: SaleResult[] = [];
  for (const scenario of scenarios) {
    report(`${scenario.algorithm}, ${scenario.perSecond} requests/s, ${scenario.shards} shards`);
    results.push(await runSale(scenario));
  }
  return results;
}

export const isAtRate = (result: SaleResult) => result.shards === fixedShards;
export const isAtShards = (result: SaleResult) => result.perSecond === fixedRate;
