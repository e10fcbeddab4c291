import { reservationPrefix } from '../../functions/inventory/reservations/index.ts';
import { entryPrefix, shardPrefix } from '../../functions/inventory/sharding/index.ts';
import { type Spread, spreadOf } from '../statistics/percentiles.ts';
import type { Sale } from './sale.ts';
import type { Algorithm } from './shop-process.ts';

/**
 * The result of a sale. Times are virtual; latencies are those of the whole request, including the wait for an
 * environment.
 */
export interface SaleResult {
  readonly algorithm: Algorithm;
  readonly seed: number;
  readonly perSecond: number;
  readonly shards: number;
  readonly partitions: number;
  readonly buyers: number;
  readonly units: number;
  readonly sold: number;
  readonly denied: number;
  /** Requests that gave up after the saga's repetitions, or had no answer when the simulation ended. */
  readonly failed: number;
  /** Units promised to buyers beyond those received; shards below zero count as well. */
  readonly oversold: number;
  /** Units that are neither for sale nor held for an order nor in a journal, from where a sweep returns them. */
  readonly stranded: number;
  /** Units still for sale at the end. */
  readonly left: number;
  /** Refusals while units had been for sale throughout the last 250 ms and the time of a read. */
  readonly wrongDenials: number;
  /** Refusals while units were for sale at that moment. */
  readonly strictlyWrongDenials: number;
  /** Rate from the first request to the last sale. */
  readonly salesPerSecond: number;
  /** Rate in the last two thirds of the time in which buyers arrived. */
  readonly steadySalesPerSecond: number;
  /** Time from the first request to the last unit; absent when units were left. */
  readonly sellOutSeconds?: number;
  readonly soldMs: Spread | undefined;
  readonly answeredMs: Spread | undefined;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly writeUnitsPerSale: number;
  /** Without the writes of the releases themselves. */
  readonly reservingWriteUnitsPerSale: number;
  readonly readUnitsPerSale: number;
  readonly unitsBy: Readonly<Record<string, number>>;
  readonly conflicts: number;
  readonly throttles: number;
  readonly failedConditions: number;
  readonly apiThrottles: number;
  readonly coldStarts: number;
  readonly environments: number;
  /** Units in journals at the end that no reservation binds: a sweep has not repaired them yet. */
  readonly unhealed: number;
  readonly longestOpenSeconds: number;
  readonly defects: readonly string[];
}

export function summarize(sale: Sale): SaleResult {
  const { scenario, results, store, watch, reserving } = sale;
  const { figures } = store;
  const held = results.filter(({ answer }) => answer === 'held');
  const count = (answer: string) => results.filter((each) => each.answer === answer).length;
  const books = booksOf(sale);
  const lastMs = held.reduce((last, { answeredMs }) => Math.max(last, answeredMs), 0);
  const seconds = (lastMs - (sale.firstRequestMs ?? 0)) / 1_000;
  const sold = held.length;
  return {
    algorithm: scenario.algorithm,
    seed: scenario.seed,
    perSecond: scenario.perSecond,
    shards: scenario.shards,
    partitions: scenario.store.partitions,
    buyers: scenario.buyers,
    units: scenario.units,
    sold,
    denied: count('denied'),
    failed: count('failed') + sale.unanswered,
    oversold: Math.max(0, sold - sale.released - scenario.units) + watch.belowZero.size,
    stranded: scenario.units - books.available - books.heldForOrders - books.unhealed,
    left: books.available,
    wrongDenials: results.filter(({ wrong }) => wrong).length,
    strictlyWrongDenials: results.filter(({ strictlyWrong }) => strictlyWrong).length,
    salesPerSecond: seconds > 0 ? sold / seconds : 0,
    steadySalesPerSecond: steadyRate(sale),
    ...(books.available === 0 && { sellOutSeconds: seconds }),
    soldMs: spreadOf(held.map(({ arrivedMs, answeredMs }) => answeredMs - arrivedMs)),
    answeredMs: spreadOf(results.map(({ arrivedMs, answeredMs }) => answeredMs - arrivedMs)),
    writeUnits: figures.writeUnits,
    readUnits: figures.readUnits,
    writeUnitsPerSale: figures.writeUnits / Math.max(1, sold),
    reservingWriteUnitsPerSale: (figures.writeUnits - sale.releases.writeUnits) / Math.max(1, sold),
    readUnitsPerSale: figures.readUnits / Math.max(1, sold),
    unitsBy: figures.unitsBy.toJSON(),
    conflicts: figures.conflicts,
    throttles: figures.throttles,
    failedConditions: figures.failedConditions,
    apiThrottles: sale.apiThrottles,
    coldStarts: reserving.coldStarts,
    environments: reserving.mostAlive,
    unhealed: books.unhealed,
    longestOpenSeconds: watch.longestOpenMs / 1_000,
    defects: books.defects,
  };
}

/** The sales rate without the beginning and the end of the sale. */
function steadyRate({ scenario, results }: Sale): number {
  const untilMs = (scenario.buyers / scenario.perSecond) * 1_000;
  const fromMs = untilMs / 3;
  const during = results.filter(
    ({ answer, answeredMs }) => answer === 'held' && answeredMs >= fromMs && answeredMs < untilMs,
  );
  return (during.length * 1_000) / (untilMs - fromMs);
}

interface Books {
  readonly available: number;
  /** Units of live reservations. */
  readonly heldForOrders: number;
  readonly unhealed: number;
  readonly defects: readonly string[];
}

interface ShardItem {
  readonly pk: string;
  readonly av: number;
  readonly rs: number;
  readonly sh: number;
  readonly rc: number;
  readonly xi: number;
  readonly xo: number;
}

/**
 * Adds up the table at the end and compares the shards with themselves, with the reservations, and with the answers to
 * buyers.
 */
function booksOf({ store, results, released, unanswered }: Sale): Books {
  const items = store.items.all();
  const shards = items.filter(({ pk }) => pk.startsWith(shardPrefix)) as unknown as ShardItem[];
  const held = new Map<string, number>();
  const bound = new Set<string>();
  let standing = 0;
  for (const { pk, st, parts = [] } of items) {
    if (!pk.startsWith(reservationPrefix)) continue;
    // A binding never ends, whatever the state of the reservation.
    for (const { n } of parts as readonly { n?: string }[]) if (n !== undefined) bound.add(n);
    if (st !== 'HELD' && st !== 'CONFIRMED') continue;
    standing += 1;
    for (const { loc, sku, k, q } of parts as readonly { loc: string; sku: string; k: number; q: number }[]) {
      const key = `${shardPrefix}${loc}#${sku}#${k}`;
      held.set(key, (held.get(key) ?? 0) + q);
    }
  }
  const defects: string[] = [];
  let unhealed = 0;
  for (const shard of shards) {
    const { pk, av, rs, sh, rc, xi, xo } = shard;
    const open = unboundUnits(shard, bound);
    unhealed += open;
    if (rc + xi - xo !== av + rs + sh) defects.push(`${pk}: ${rc} + ${xi} - ${xo} is not ${av} + ${rs} + ${sh}`);
    const accounted = (held.get(pk) ?? 0) + open;
    if (rs !== accounted) defects.push(`${pk}: ${rs} reserved, orders and open entries hold ${accounted}`);
    if (Math.min(av, rs, sh) < 0) defects.push(`${pk}: below zero: ${av}, ${rs}, ${sh}`);
  }
  const promised = results.filter(({ answer }) => answer === 'held').length - released;
  const unknown = results.filter(({ answer }) => answer === 'failed').length + unanswered;
  if (standing < promised || standing > promised + unknown) {
    defects.push(`${standing} reservations stand, buyers were promised ${promised} and ${unknown} gave up`);
  }
  return {
    available: shards.reduce((sum, { av }) => sum + av, 0),
    unhealed,
    heldForOrders: [...held.values()].reduce((sum, units) => sum + units, 0),
    defects,
  };
}

function unboundUnits(shard: ShardItem, bound: ReadonlySet<string>): number {
  let units = 0;
  for (const [name, entry] of Object.entries(shard)) {
    if (name.startsWith(entryPrefix) && !bound.has(name.slice(entryPrefix.length))) units += (entry as { q: number }).q;
  }
  return units;
}
