import { type ShardCounters, type SkuPlan, shardName, shardNames } from '../../sharding/index.ts';
import type { Shortage } from '../../sourcing/index.ts';

/** The result of one strongly consistent read of all shards of a SKU. */
export interface Snapshot {
  readonly sku: string;
  /** When the read began: milliseconds since 1970. The snapshot as a whole was true at some moment after that. */
  readonly at: number;
  /** Units for sale in all shards together. */
  readonly units: number;
  /** The fullest of the shards that had units, at most {@link maxSnapshotShards}. */
  readonly free: readonly { readonly location: string; readonly shard: number; readonly available: number }[];
  /** Sum of the shards' `credits`. */
  readonly credits: number;
  /** When a read first found the present sum of credits, as far as is known: units came back shortly before. */
  readonly creditsChangedAt: number;
  /** Until when another process has claimed the next read of all shards. */
  readonly claimedUntil?: number;
}

/** Most shards in a snapshot, which keeps it under one kilobyte. */
export const maxSnapshotShards = 60;

/*
 * After a failed debit a buyer needs fresh availability; near sell-out that is every buyer. So a process that has read all
 * shards of a SKU stores a snapshot, and the others read that: half a read unit in place of one for each shard.
 */

/**
 * Copies of a snapshot, each in a partition of its own: ten thousand requests per second are more than one item serves.
 */
export const snapshotCopies = 4;
/**
 * How long a snapshot says which shards to try in any case. In a tenth of a second a shard sells about a hundred units.
 */
const hintMs = 100;
/** How long a snapshot may refuse orders: the bound that the design states for a wrong "out of stock". */
export const refusalMs = 250;
/**
 * A snapshot of at most this age shows that other processes read the SKU too, so that waiting for their next snapshot
 * pays. It also still says which shards to try until a process finds it wrong: one failed write is cheaper than a read
 * of thirty shards.
 */
const crowdMs = 2_000;
/**
 * For this long after units came back, a snapshot may refuse only requests that arrived before its read began. Releases
 * come in waves.
 */
const returnsMs = 2_000;
/**
 * Difference between the clocks of two machines up to which a snapshot from the future is accepted. One that is further in
 * the future refuses no order, and every writer replaces it: it would be believed later, when it is too old.
 */
export const clockSkewMs = 50;

/** False for a snapshot from the future: the clock of its writer or of this machine is wrong. */
export const isOfThePast = (snapshot: Snapshot, nowMs: number) => nowMs - snapshot.at >= -clockSkewMs;

function isYoungerThan(at: number, limitMs: number, nowMs: number): boolean {
  const age = nowMs - at;
  return age >= -clockSkewMs && age < limitMs;
}

/** Whether the snapshot says which shards to try in any case. */
export const isFresh = (snapshot: Snapshot, nowMs: number) => isYoungerThan(snapshot.at, hintMs, nowMs);

/**
 * How long a claim to the next read of all shards lasts at most. A read takes about ten milliseconds, so a claim of this
 * age belongs to a process that crashed or meets throttled partitions.
 */
export const claimMs = 100;

/**
 * The least time between two reads of all shards by claim. More reads would refuse buyers sooner, but each costs two writes,
 * and a failed one for every other process that wants it.
 */
export const claimGapMs = 60;

/** Whether a claim until this time is in force. One beyond its longest duration comes from a wrong clock. */
export function isClaimed(until: number, nowMs: number): boolean {
  return until > nowMs && until <= nowMs + claimMs + clockSkewMs;
}

/** Whether other processes read the SKU as well. */
export const showsCrowd = (snapshot: Snapshot, nowMs: number) => isYoungerThan(snapshot.at, crowdMs, nowMs);

/**
 * Whether the snapshot says which shards to try.
 *
 * @param wrongAt when this process last found a snapshot of the SKU wrong.
 */
export function showsWhere(snapshot: Snapshot, nowMs: number, wrongAt: number): boolean {
  return isFresh(snapshot, nowMs) || (showsCrowd(snapshot, nowMs) && snapshot.at > wrongAt);
}

/**
 * Whether units came back shortly before the snapshot. Requests then wait for a snapshot that began after they arrived.
 */
export function showsReturns(snapshot: Snapshot, nowMs: number): boolean {
  return isYoungerThan(snapshot.creditsChangedAt, returnsMs, nowMs);
}

/** When a request may be refused: now, by a snapshot that began after some moment. */
interface RefusalMoment {
  readonly nowMs: number;
  /** When the request arrived. */
  readonly arrivedAt: number;
  /** When this process itself last gave units of a SKU back: no earlier snapshot may refuse. */
  creditedAt(sku: string): number;
}

/** Whether the snapshot is young enough to refuse a request. */
function mayRefuse(snapshot: Snapshot, { nowMs, arrivedAt, creditedAt }: RefusalMoment): boolean {
  const since = showsReturns(snapshot, nowMs) ? arrivedAt : creditedAt(snapshot.sku);
  return isYoungerThan(snapshot.at, refusalMs, nowMs) && snapshot.at >= since;
}

/** The SKUs of which the snapshots show too little, as far as they may refuse the request. */
export function insufficientIn(
  snapshots: readonly Snapshot[],
  wanted: ReadonlyMap<string, number>,
  moment: RefusalMoment,
): Shortage[] {
  return snapshots.flatMap((snapshot) => {
    const units = wanted.get(snapshot.sku) ?? 0;
    return mayRefuse(snapshot, moment) && snapshot.units < units
      ? [{ sku: snapshot.sku, wanted: units, available: snapshot.units }]
      : [];
  });
}

/** The snapshot of a SKU's shards, which were read from the moment `at` on. */
export function snapshotOf(
  sku: string,
  at: number,
  shards: readonly ShardCounters[],
  previous: Snapshot | undefined,
): Snapshot {
  const open = shards.filter((shard) => shard.sku === sku && shard.closedTo === undefined && shard.available > 0);
  const fullest = [...open].sort((a, b) => b.available - a.available).slice(0, maxSnapshotShards);
  const credits = sum(shards.map((shard) => (shard.sku === sku ? shard.credits : 0)));
  // Credits long before the previous snapshot cannot be dated. No request was refused by a snapshot of that time
  // either.
  const known = previous !== undefined && isYoungerThan(previous.at, returnsMs, at) ? previous : undefined;
  return {
    sku,
    at,
    units: sum(open.map(({ available }) => available)),
    free: fullest.map(({ location, shard, available }) => ({ location, shard: Number(shard), available })),
    credits,
    creditsChangedAt: known === undefined || known.credits === credits ? (known?.creditsChangedAt ?? 0) : at,
  };
}

/** Whether the snapshot lists every shard that had units. */
function isListComplete({ free, units }: Snapshot): boolean {
  return sum(free.map(({ available }) => available)) === units;
}

/**
 * The units of the plan's shards that a snapshot determines, by the name of the shard. A snapshot that lists all shards
 * with units determines the others, too: they have none.
 */
export function unitsInSnapshot(snapshot: Snapshot, plan: SkuPlan): Map<string, number> {
  const { sku, free } = snapshot;
  const named = new Map(free.map((each) => [shardName({ sku, ...each }), each.available]));
  if (!isListComplete(snapshot)) return named;
  const none = plan.locations.flatMap((there) => shardNames(sku, there)).map((name) => [name, 0] as const);
  return new Map([...none, ...named]);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
