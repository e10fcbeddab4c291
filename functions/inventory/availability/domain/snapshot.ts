import { type ShardCounters, type SkuPlan, shardName, shardNames } from '../../sharding/index.ts';
import type { Shortage } from '../../sourcing/index.ts';

/** What one strong read of all shards of a SKU has shown. */
export interface Snapshot {
  readonly sku: string;
  /** When the read began: milliseconds since 1970. The snapshot was true at some moment after that. */
  readonly at: number;
  /** Units for sale in all shards together. */
  readonly units: number;
  /** The fullest shards that had any, at most {@link maxSnapshotShards}. */
  readonly free: readonly { readonly location: string; readonly shard: number; readonly available: number }[];
  /** Sum of the shards' `credits`. */
  readonly credits: number;
  /** When a read first found the present sum of credits, as far as is known: units came back a moment before. */
  readonly creditsChangedAt: number;
}

/** With these a snapshot stays under one kilobyte. */
export const maxSnapshotShards = 60;

/*
 * After a failed debit a buyer needs fresh availability; near sell-out that is every buyer. So a process that has read all
 * shards of a SKU stores a snapshot, and the others read that: half a read unit in place of one for each shard.
 */

/** Copies of a snapshot, each in a partition of its own: ten thousand buyers a second read one item too often. */
export const snapshotCopies = 4;
/** How long a snapshot says where to try in any case. In a tenth of a second a shard sells about a hundred units. */
const hintMs = 100;
/** How long a snapshot may refuse buyers: the bound that the design states for a wrong "out of stock". */
export const refusalMs = 250;
/**
 * A snapshot as young as this shows that other processes read the SKU, too: it pays to wait for their next one. It also
 * still says where to try, until a process finds it wrong: one failed write is cheaper than a read of thirty shards.
 */
const crowdMs = 2_000;
/** So long after units came back, only a snapshot that began after a buyer came may refuse that buyer. Releases come in waves. */
const returnsMs = 2_000;
/** How far the clocks of two machines may be apart before a snapshot from the future is not trusted. */
const clockSkewMs = 50;

/** False for a snapshot from the future: its writer's clock or this one is wrong. */
export const isOfThePast = (snapshot: Snapshot, nowMs: number) => nowMs - snapshot.at >= -clockSkewMs;

function isYoungerThan(at: number, limitMs: number, nowMs: number): boolean {
  const age = nowMs - at;
  return age >= -clockSkewMs && age < limitMs;
}

export const isFresh = (snapshot: Snapshot, nowMs: number) => isYoungerThan(snapshot.at, hintMs, nowMs);
export const showsCrowd = (snapshot: Snapshot, nowMs: number) => isYoungerThan(snapshot.at, crowdMs, nowMs);

/** @param wrongAt when this process last found that a snapshot of the SKU was wrong. */
export function showsWhere(snapshot: Snapshot, nowMs: number, wrongAt: number): boolean {
  return isFresh(snapshot, nowMs) || (showsCrowd(snapshot, nowMs) && snapshot.at > wrongAt);
}

/** True when units came back a moment before the snapshot: buyers wait for one that began after they came. */
export function showsReturns(snapshot: Snapshot, nowMs: number): boolean {
  return isYoungerThan(snapshot.creditsChangedAt, returnsMs, nowMs);
}

/**
 * The SKUs of which the snapshots show too little, if they may refuse a buyer who came at `arrivedAt`.
 *
 * @param creditedAt when this process itself last gave units of a SKU back: no earlier snapshot may refuse.
 */
export function insufficientIn(
  snapshots: readonly Snapshot[],
  wanted: ReadonlyMap<string, number>,
  moment: { readonly nowMs: number; readonly arrivedAt: number; creditedAt(sku: string): number },
): Shortage[] {
  return snapshots.flatMap((snapshot) => {
    const units = wanted.get(snapshot.sku) ?? 0;
    const since = showsReturns(snapshot, moment.nowMs) ? moment.arrivedAt : moment.creditedAt(snapshot.sku);
    const counts = isYoungerThan(snapshot.at, refusalMs, moment.nowMs) && snapshot.at >= since;
    return counts && snapshot.units < units ? [{ sku: snapshot.sku, wanted: units, available: snapshot.units }] : [];
  });
}

/** The snapshot of a SKU's shards as they were read from the moment `at` on. */
export function snapshotOf(
  sku: string,
  at: number,
  shards: readonly ShardCounters[],
  previous: Snapshot | undefined,
): Snapshot {
  const open = shards.filter((shard) => shard.sku === sku && shard.closedTo === undefined && shard.available > 0);
  const fullest = [...open].sort((a, b) => b.available - a.available).slice(0, maxSnapshotShards);
  const credits = sum(shards.map((shard) => (shard.sku === sku ? shard.credits : 0)));
  // What happened long before the previous snapshot is not known; no buyer was refused because of it either.
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

/**
 * Units by the name of the shard, for every shard of the plan that the snapshot tells about. A snapshot of more shards
 * than it names leaves the others out.
 */
export function unitsInSnapshot(snapshot: Snapshot, plan: SkuPlan): Map<string, number> {
  const { sku, free, units } = snapshot;
  const named = new Map(free.map((each) => [shardName({ sku, ...each }), each.available]));
  if (sum(free.map(({ available }) => available)) !== units) return named;
  const none = plan.locations.flatMap((there) => shardNames(sku, there)).map((name) => [name, 0] as const);
  return new Map([...none, ...named]);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
