import { atLeast, atMost, type Verdict } from '../cost/budgets.ts';
import type { SaleResult } from './sale-result.ts';
import { goalSale, releaseSale, scalingSale, troubledSale } from './scenarios.ts';
import { runSale } from './simulate-sale.ts';
import { uncontendedWriteUnits } from './uncontended.ts';

/** Shard counts whose sales per second are compared with those of one shard. */
const scaledShards = [2, 4, 8, 16, 32];
/** Requests per second for each shard: well below what a partition can serve, close to it, and half as much again. */
const offeredPerShard = [700, 800, 1_500];
/** The least acceptable part of perfect scaling. */
const leastScaling = 0.8;

export interface GoalResults {
  readonly sale: SaleResult;
  readonly releases: SaleResult;
  readonly troubled: SaleResult;
  /** Write units of a reservation without contention. */
  readonly uncontended: { readonly oneLineJ: number; readonly threeLinesT: number; readonly threeLinesJ: number };
  readonly scaling: readonly { readonly shards: number; readonly salesPerSecond: number }[];
}

export async function measureGoals(seed: number, quick: boolean, report: (what: string) => void): Promise<GoalResults> {
  report('the sale of the goals');
  const sale = await runSale(goalSale(seed, quick));
  report('with releases');
  const releases = await runSale(releaseSale(seed, quick));
  report('with crashes, duplicates, frozen workers and two sweepers');
  const troubled = await runSale(troubledSale(seed, quick));
  const scaling: { shards: number; salesPerSecond: number }[] = [];
  for (const shards of [1, ...(quick ? [8] : scaledShards)]) {
    report(`scaling: ${shards} shards`);
    const rates: number[] = [];
    // With too few requests the result is the demand, with too many it is the remainder after overload: the best result
    // is what the shards can sell.
    for (const offered of offeredPerShard) {
      rates.push((await runSale(scalingSale(seed, shards, offered, quick))).steadySalesPerSecond);
    }
    scaling.push({ shards, salesPerSecond: Math.max(...rates) });
  }
  const uncontended = {
    oneLineJ: await uncontendedWriteUnits('J', 1),
    threeLinesT: await uncontendedWriteUnits('T', 3),
    threeLinesJ: await uncontendedWriteUnits('J', 3),
  };
  return { sale, releases, troubled, uncontended, scaling };
}

/** Every goal beside its simulated value. */
export function goalVerdicts({ sale, releases, troubled, uncontended, scaling }: GoalResults): Verdict[] {
  const [one] = scaling;
  return [
    atMost(`${sale.buyers} buyers at ${sale.perSecond}/s: s to sell out`, sale.sellOutSeconds ?? Number.NaN, 1.5),
    atMost('  oversold', sale.oversold, 0),
    atMost('  stranded or left', sale.stranded + sale.unhealed + sale.left, 0),
    atMost('  wrong denials', sale.wrongDenials, 0),
    atMost('  without an answer', sale.failed, 0),
    atMost('  denied while anything was for sale', sale.strictlyWrongDenials, 0),
    atMost('  write units a sale, losers included', sale.writeUnitsPerSale, 2.3),
    atMost('write units, three lines, uncontended, T', uncontended.threeLinesT, 8),
    atMost('write units, three lines, uncontended, J', uncontended.threeLinesJ, 4.5),
    atMost('a fifth released after 1 s: oversold', releases.oversold, 0),
    atMost('  stranded', releases.stranded + releases.unhealed, 0),
    atMost('  wrong denials', releases.wrongDenials, 0),
    atMost('  without an answer', releases.failed, 0),
    atMost('  s until the last buyer had an answer', (releases.answeredMs?.max ?? Number.NaN) / 1_000, 5),
    atMost("  write units a sale, losers included, without the releases' own", releases.reservingWriteUnitsPerSale, 3),
    atMost('crashes, duplicates, frozen workers: defects of the books', troubled.defects.length + troubled.oversold, 0),
    atMost('  stranded', troubled.stranded + troubled.unhealed, 0),
    atMost('  wrong denials', troubled.wrongDenials, 0),
    atMost('  without an answer', troubled.failed, 0),
    atMost('  s until the last orphan was repaired', troubled.longestOpenSeconds, 10),
    ...scaling.slice(1).map(({ shards, salesPerSecond }) => {
      const times = salesPerSecond / (one?.salesPerSecond ?? Number.NaN);
      return atLeast(`sales/s with ${shards} shards, times those with one`, times, leastScaling * shards);
    }),
  ];
}

/** The goals of an unprepared SKU whose shards grow. */
export function unpreparedVerdicts(results: readonly SaleResult[]): Verdict[] {
  const [fixed, grown] = results;
  if (fixed === undefined || grown === undefined) return [];
  return [
    atLeast(`unprepared SKU at ${grown.perSecond}/s: units sold`, grown.sold, grown.units),
    atLeast('  sales/s, times those with one shard', grown.salesPerSecond / fixed.salesPerSecond, 2),
    atMost('  wrong denials', grown.wrongDenials, 0),
    atMost('  without an answer', grown.failed, 0),
  ];
}

/** Results that are wrong at any speed. */
export function faultsOf(results: readonly SaleResult[]): string[] {
  return results.flatMap(({ algorithm, perSecond, shards, seed, oversold, stranded, defects }) => {
    const where = `${algorithm}, ${perSecond}/s, ${shards} shards, seed ${seed}`;
    return [
      ...(oversold > 0 ? [`${where}: ${oversold} oversold`] : []),
      ...(stranded !== 0 ? [`${where}: ${stranded} stranded`] : []),
      ...defects.map((defect) => `${where}: ${defect}`),
    ];
  });
}
