import { isTransient, TransientFault } from '../../../shared/kernel/faults.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import type { WaitingLine, WaitingLines } from '../../backorders/commands/backorder-queue.ts';
import { keptShard } from '../../backorders/domain/backorder-allocation.ts';
import type { ShardCounters, StockTable } from '../../sharding/commands/stock-table.ts';
import { type ShardId, shardsOf } from '../../sharding/domain/shard-plan.ts';
import { type LevelChange, levelChange } from '../domain/level-change.ts';

/** What was told of each SKU's level last. Writing it is telling it: the record itself is what gets published. */
export interface ToldLevels {
  /**
   * As of now; a SKU of which nothing was told so far is left out.
   *
   * @throws Error when any of their records makes no sense.
   */
  latest(skus: readonly string[]): Promise<ReadonlyMap<string, LevelChange>>;
  /** Only if nothing was told since; `changed` when something was. */
  tell(change: LevelChange): Promise<'told' | 'changed'>;
}

export interface AnnouncerSurroundings {
  readonly table: Pick<StockTable, 'read'>;
  readonly told: ToldLevels;
  readonly lines: Pick<WaitingLines, 'wake'>;
}

/** Times a SKU is looked at anew because another batch told of it meanwhile. */
const maxLooks = 5;

/**
 * Shards that are read in one go: five requests of the store side by side. Hot SKUs have hundreds each, so all that a
 * batch names would be tens of thousands of items in memory, and the first SKU would wait for the last. Only a single SKU
 * may have more, as its level is the sum of all of them.
 */
const shardsAtOnce = 500;

interface Due {
  readonly sku: string;
}

/** What is known of a SKU before its units are looked at. */
interface Known extends Due {
  readonly lowAt: number;
  readonly latest: LevelChange | undefined;
  readonly line: WaitingLine | undefined;
  readonly shards: readonly ShardId[];
}

/** And what lay there then. */
interface Seen extends Known {
  readonly counters: readonly ShardCounters[];
}

/**
 * Looks at the SKUs together, wakes the line of those who wait for one if units came back that they could have, and
 * tells of each level that has changed. What was told last is read before the units are: a change that is written on it was
 * true after it. Should two looks at a SKU cross, the record of the later one brings the SKU up once more, and that look
 * sees how it is.
 *
 * @param skus without duplicates, in a number that the caller bounds.
 * @returns why, for each SKU that cannot be looked at however often it is tried. The others were.
 * @throws whatever may pass; then some of them were looked at, which does no harm to repeat.
 */
export async function announceLevels(
  skus: readonly string[],
  now: Instant,
  around: AnnouncerSurroundings,
): Promise<ReadonlyMap<string, unknown>> {
  const failed = new Map<string, unknown>();
  let due: readonly Due[] = skus.map((sku) => ({ sku }));
  for (let look = 0; look < maxLooks && due.length > 0; look++) {
    const known = await halving(due, (some) => know(some, around), failed);
    const changed: Due[] = [];
    for (const group of inReads(known)) {
      const seen = await halving(group, (some) => see(some, around), failed);
      const tell = (each: Seen) => halving([each], () => announce(each, look === 0, now, around), failed);
      changed.push(...(await Promise.all(seen.map(tell))).flat());
    }
    due = changed;
  }
  if (due.length === 0) return failed;
  const others = due.map(({ sku }) => sku).join(', ');
  throw new TransientFault(`the levels of ${others} were told by others ${maxLooks} times meanwhile`);
}

/**
 * Does the work for all of them at once. A read of many says of none that it was the one to fail: where the work fails for
 * good it is done for each half, down to the SKU that fails on its own, so that it takes no other with it.
 */
async function halving<Each extends Due, Result>(
  all: readonly Each[],
  work: (some: readonly Each[]) => Promise<readonly Result[]>,
  failed: Map<string, unknown>,
): Promise<readonly Result[]> {
  try {
    return await work(all);
  } catch (error) {
    if (isTransient(error)) throw error;
    const [first, ...others] = all;
    if (first === undefined) throw error;
    if (others.length === 0) {
      failed.set(first.sku, error);
      return [];
    }
    const half = Math.ceil(all.length / 2);
    const results = await halving(all.slice(0, half), work, failed);
    return [...results, ...(await halving(all.slice(half), work, failed))];
  }
}

/** Leaves out SKUs that nobody has anywhere. */
async function know(due: readonly Due[], { table, told }: AnnouncerSurroundings): Promise<Known[]> {
  const skus = due.map(({ sku }) => sku);
  // Plans and lines change seldom, and their own items bring the SKU up again: half the price will do.
  const known = table.read({ skus, lines: skus }, 'cheap');
  const [latest, { plans, lines }] = await Promise.all([told.latest(skus), known]);
  const stocked = [...plans.values()].filter(({ locations }) => locations.length > 0);
  return stocked.map((plan) => {
    const { sku, lowAt = 0, locations } = plan;
    const line = lines?.get(sku);
    const kept = line === undefined ? [] : locations.map(({ location }) => keptShard(location, sku));
    return { sku, lowAt, latest: latest.get(sku), line, shards: [...shardsOf(plan), ...kept] };
  });
}

function* inReads(known: readonly Known[]): Generator<readonly Known[]> {
  let group: Known[] = [];
  let count = 0;
  for (const each of known) {
    if (group.length > 0 && count + each.shards.length > shardsAtOnce) {
      yield group;
      group = [];
      count = 0;
    }
    group.push(each);
    count += each.shards.length;
  }
  if (group.length > 0) yield group;
}

async function see(known: readonly Known[], { table }: AnnouncerSurroundings): Promise<Seen[]> {
  const { shards } = await table.read({ shards: known.flatMap((each) => each.shards) }, 'latest');
  const bySku = Map.groupBy(shards, ({ sku }) => sku);
  return known.map((each) => ({ ...each, counters: bySku.get(each.sku) ?? [] }));
}

/** Gives the SKU back if others told of it meanwhile. Its line is woken at the first look only: once is enough. */
async function announce(
  { sku, lowAt, latest, line, counters }: Seen,
  first: boolean,
  now: Instant,
  { told, lines }: AnnouncerSurroundings,
): Promise<Due[]> {
  const units = unitsIn(counters);
  const available = unitsIn(counters.filter(({ shard }) => shard !== 'backorder'));
  const mayServe = line !== undefined && (line.units > 0 ? units > 0 : units > available);
  if (mayServe && first) await lines.wake(sku);
  const change = levelChange(latest, { sku, available, lowAt }, now);
  return change === undefined || (await told.tell(change)) === 'told' ? [] : [{ sku }];
}

function unitsIn(shards: readonly ShardCounters[]): number {
  return shards.reduce((sum, { available }) => sum + available, 0);
}
