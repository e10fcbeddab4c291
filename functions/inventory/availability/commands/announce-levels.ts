import { isTransient, TransientFault } from '../../../shared/kernel/faults.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import {
  availableIn,
  backorderShard,
  type ShardCounters,
  type ShardId,
  type ShardStore,
  shardsOf,
} from '../../sharding/index.ts';
import { type LevelChange, levelChange } from '../domain/level-change.ts';
import type { WaitedFor } from '../domain/stock-level.ts';
import type { PlanQueueReader } from './stock-levels.ts';

/** The latest announced level of each SKU. The record is the event: the table's stream publishes it. */
export interface LevelStore {
  /**
   * Reads announced levels, strongly consistent; SKUs without one are left out.
   *
   * @throws Error when any of the records is malformed.
   */
  latest(skus: readonly string[]): Promise<ReadonlyMap<string, LevelChange>>;
  /** Writes the change unless another one was announced since the level that it follows: then returns `changed`. */
  announce(change: LevelChange): Promise<'announced' | 'changed'>;
}

export interface AnnouncementDependencies {
  readonly shards: Pick<ShardStore, 'read'>;
  readonly planQueues: PlanQueueReader;
  readonly levels: LevelStore;
  /** Triggers a walk of the SKU's backorder queue. */
  readonly queue: { wake(sku: string): Promise<unknown> };
}

/** Most reads of one SKU: it is read again each time another batch has announced its level in between. */
const maxRounds = 5;

/**
 * Shards that are read together, in five parallel requests to the store. A hot SKU has hundreds of shards, so the SKUs
 * of a batch together have tens of thousands of items: too many to hold in memory, and the first SKU would wait for the
 * last. A single SKU may have more than this, because its level is the sum of all its shards.
 */
const shardsAtOnce = 500;

interface Due {
  readonly sku: string;
}

/** A SKU before its units are read. */
interface Known extends Due {
  readonly lowAt: number;
  readonly latest: LevelChange | undefined;
  readonly waitedFor: WaitedFor;
  readonly shards: readonly ShardId[];
}

/** A SKU with the counters of its shards. */
interface Counted extends Known {
  readonly counters: readonly ShardCounters[];
}

/**
 * Reads the SKUs together, wakes the backorder queue of each SKU whose units came back, and announces each level that
 * has changed. The latest announcement is read before the units, so a change that is written over it reflects units
 * read after it. When two batches cross, the record of the later one makes the SKU due again, and the batch with that
 * record reads it as it is then.
 *
 * @param skus without duplicates, in a number that the caller bounds.
 * @returns the reason for each SKU that can never be read. The others were handled.
 * @throws errors that may pass; some SKUs were handled then, and handling them again does no harm.
 */
export async function announceLevels(
  skus: readonly string[],
  now: Instant,
  dependencies: AnnouncementDependencies,
): Promise<ReadonlyMap<string, unknown>> {
  const failed = new Map<string, unknown>();
  let due: readonly Due[] = skus.map((sku) => ({ sku }));
  for (let round = 0; round < maxRounds && due.length > 0; round++) {
    const known = await halving(due, (some) => readKnown(some, dependencies), failed);
    const changed: Due[] = [];
    for (const group of inReads(known)) {
      const counted = await halving(group, (some) => readUnits(some, dependencies), failed);
      const announceOne = (each: Counted) =>
        halving([each], () => announce(each, round === 0, now, dependencies), failed);
      changed.push(...(await Promise.all(counted.map(announceOne))).flat());
    }
    due = changed;
  }
  if (due.length === 0) return failed;
  const others = due.map(({ sku }) => sku).join(', ');
  throw new TransientFault(`the levels of ${others} were announced by other batches in each of ${maxRounds} rounds`);
}

/**
 * Does the work for all SKUs at once. A failed read of many SKUs does not say which of them failed. Work that fails for
 * good is therefore repeated for each half, down to the SKU that fails alone, so that no other SKU fails with it.
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

/** Reads plans, queues and announced levels. SKUs without a location are left out. */
async function readKnown(due: readonly Due[], { planQueues, levels }: AnnouncementDependencies): Promise<Known[]> {
  const skus = due.map(({ sku }) => sku);
  // Plans and queues change seldom, and a change of one makes its SKU due again: an eventually consistent read
  // suffices.
  const known = planQueues.plansAndQueues(skus, 'eventual');
  const [latest, { plans, queues }] = await Promise.all([levels.latest(skus), known]);
  const stocked = [...plans.values()].filter(({ locations }) => locations.length > 0);
  return stocked.map((plan) => {
    const { sku, lowAt = 0, locations } = plan;
    const waitedFor = queues.get(sku);
    const backorders = waitedFor === undefined ? [] : locations.map(({ location }) => backorderShard(location, sku));
    return { sku, lowAt, latest: latest.get(sku), waitedFor, shards: [...shardsOf(plan), ...backorders] };
  });
}

/** Groups SKUs so that each group's shards are read together. */
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

async function readUnits(known: readonly Known[], { shards }: AnnouncementDependencies): Promise<Counted[]> {
  const found = await shards.read(
    known.flatMap((each) => each.shards),
    'strong',
  );
  const bySku = Map.groupBy(found, ({ sku }) => sku);
  return known.map((each) => ({ ...each, counters: bySku.get(each.sku) ?? [] }));
}

/**
 * Announces a SKU's level if it has changed, and wakes its backorder queue, in the first round only.
 *
 * @returns the SKU when another batch announced its level in between, so that it is read again.
 */
async function announce(
  { sku, lowAt, latest, waitedFor, counters }: Counted,
  first: boolean,
  now: Instant,
  { levels, queue }: AnnouncementDependencies,
): Promise<Due[]> {
  const units = availableIn(counters);
  const available = availableIn(counters.filter(({ shard }) => shard !== 'backorder'));
  const mayServe = waitedFor !== undefined && (waitedFor.units > 0 ? units > 0 : units > available);
  if (mayServe && first) await queue.wake(sku);
  const change = levelChange(latest, { sku, available, lowAt }, now);
  return change === undefined || (await levels.announce(change)) === 'announced' ? [] : [{ sku }];
}
