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

/** The latest announced level of each SKU. The record is the event: the stream publishes it. */
export interface LevelStore {
  /**
   * As of now; a SKU without an announcement is left out.
   *
   * @throws Error when any of the records makes no sense.
   */
  latest(skus: readonly string[]): Promise<ReadonlyMap<string, LevelChange>>;
  /** Only if nothing was announced since; `changed` when something was. */
  announce(change: LevelChange): Promise<'announced' | 'changed'>;
}

export interface AnnouncementDependencies {
  readonly shards: Pick<ShardStore, 'read'>;
  readonly planQueues: PlanQueueReader;
  readonly levels: LevelStore;
  /** Triggers a walk of the SKU's backorder queue. */
  readonly queue: { wake(sku: string): Promise<unknown> };
}

/** Times a SKU is read anew because another batch announced its level meanwhile. */
const maxRounds = 5;

/**
 * Shards that are read in one go: five requests of the store side by side. Hot SKUs have hundreds each, so all that a
 * batch names would be tens of thousands of items in memory, and the first SKU would wait for the last. Only a single SKU
 * may have more, as its level is the sum of all of them.
 */
const shardsAtOnce = 500;

interface Due {
  readonly sku: string;
}

/** What is known of a SKU before its units are read. */
interface Known extends Due {
  readonly lowAt: number;
  readonly latest: LevelChange | undefined;
  readonly waitedFor: WaitedFor;
  readonly shards: readonly ShardId[];
}

/** And its units then. */
interface Counted extends Known {
  readonly counters: readonly ShardCounters[];
}

/**
 * Reads the SKUs together, wakes the backorder queue of one whose units came back, and announces each level that has
 * changed. The latest announcement is read before the units are: a change that is written over it was true after it.
 * Should two batches cross, the record of the later one brings the SKU up once more, and that batch reads it as it is.
 *
 * @param skus without duplicates, in a number that the caller bounds.
 * @returns the reason, for each SKU that cannot be read however often it is tried. The others were handled.
 * @throws whatever may pass; then some of them were handled, which does no harm to repeat.
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
  throw new TransientFault(`the levels of ${others} were announced by others ${maxRounds} times meanwhile`);
}

/**
 * Does the work for all of them at once. A failed read of many does not say which of them failed: where the work fails
 * for good it is done for each half, down to the SKU that fails on its own, so that no other fails with it.
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

/** Leaves out SKUs without a location. */
async function readKnown(due: readonly Due[], { planQueues, levels }: AnnouncementDependencies): Promise<Known[]> {
  const skus = due.map(({ sku }) => sku);
  // Plans and queues change seldom, and their own items bring the SKU up again: an eventually consistent read will do.
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

/** Gives the SKU back if its level was announced meanwhile. Its queue is woken in the first round only: once is enough. */
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
