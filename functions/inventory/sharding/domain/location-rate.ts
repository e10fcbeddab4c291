import type { Instant } from '../../../shared/kernel/time.ts';
import { doubledPlan, grewRecently, grownPlan } from './plan-changes.ts';
import { salesPerShard, shardsFor } from './plan-size.ts';
import type { ShardCounters } from './shard.ts';
import type { LocationPlan, SkuPlan } from './shard-plan.ts';

/** A location has too many shards when it has sold less than this part of their planned rate for ten minutes. */
const coldPart = 1 / 4;
const coldMs = 600_000;

/** The sales of a location up to one moment. */
export interface SalesMark {
  /** Units reserved or shipped. */
  readonly sold: number;
  readonly atMs: number;
  /** Since when the location has sold too little for its shards; undefined when it sells enough. */
  readonly coldSinceMs: number | undefined;
}

export interface LocationRate {
  /** Undefined until there are two marks. */
  readonly salesPerSecond: number | undefined;
  /** Whether the location has sold too little for its shards for ten minutes. */
  readonly cold: boolean;
}

/** The sales rate of a location since its last mark, and the mark for the next call. Released units lower the rate. */
export function rateSince(
  before: SalesMark | undefined,
  { shards }: LocationPlan,
  found: readonly ShardCounters[],
  nowMs: number,
): { readonly rate: LocationRate; readonly mark: SalesMark } {
  const sold = found.reduce((sum, { reserved, shipped }) => sum + reserved + shipped, 0);
  const elapsedMs = nowMs - (before?.atMs ?? nowMs);
  if (before === undefined || elapsedMs <= 0) {
    const mark = { sold, atMs: nowMs, coldSinceMs: before?.coldSinceMs };
    return { rate: { salesPerSecond: undefined, cold: false }, mark };
  }
  const salesPerSecond = Math.max(0, (sold - before.sold) / (elapsedMs / 1_000));
  const isCold = salesPerSecond < salesPerShard * shards * coldPart;
  const coldSinceMs = isCold ? (before.coldSinceMs ?? before.atMs) : undefined;
  const cold = coldSinceMs !== undefined && nowMs - coldSinceMs >= coldMs;
  return { rate: { salesPerSecond, cold }, mark: { sold, atMs: nowMs, coldSinceMs } };
}

/** A location of a hot SKU: its plan, its shards as they were read, and its sales rate. */
export interface RatedLocation extends LocationRate {
  readonly plan: SkuPlan;
  readonly there: LocationPlan;
  readonly found: readonly ShardCounters[];
}

/** The plan with the shards that the location's sales, or a prepared sale, need; the same object when it has them. */
export function plannedFor(
  before: SkuPlan,
  { plan, there, found, salesPerSecond = 0 }: RatedLocation,
  now: Instant,
): SkuPlan {
  const expected = isPrepared(plan, now) ? (plan.expectedPeakPerSecond ?? 0) : 0;
  const units = found.reduce((sum, { available }) => sum + available, 0);
  const inDemand = salesPerSecond > salesPerShard * (there.closingTo ?? there.shards);
  if (inDemand && !grewRecently(before, now)) {
    return doubledPlan(before, there.location, now, units, shardsFor(salesPerSecond, units));
  }
  return expected > 0 ? grownPlan(before, there.location, shardsFor(expected, units), now) : before;
}

/** Whether the location's shards should be merged: there are too many, or an earlier merge was interrupted. */
export function shouldMerge({ plan, there, cold }: RatedLocation, now: Instant): boolean {
  const idle = cold && there.shards > 1 && !isPrepared(plan, now) && !changedRecently(plan, now);
  return idle || there.closingTo !== undefined;
}

/**
 * The plan without a prepared sale that is over, and without `changedAt` when the SKU has been quiet since that change:
 * path T, one shard at each location, no journal entries. Returns the same object when nothing changes.
 */
export function cooledPlan(before: SkuPlan, hasEntries: boolean, now: Instant): SkuPlan {
  const { keepUntil, expectedPeakPerSecond, changedAt, ...rest } = before;
  const over = keepUntil !== undefined && !isPrepared(before, now);
  const isCold = rest.path === 'T' && rest.locations.every((each) => each.shards === 1);
  const quiet = changedAt !== undefined && isCold && !hasEntries && !changedRecently(before, now);
  if (!over && !quiet) return before;
  return {
    ...rest,
    ...(keepUntil !== undefined && !over && { keepUntil }),
    ...(expectedPeakPerSecond !== undefined && !over && { expectedPeakPerSecond }),
    ...(changedAt !== undefined && !quiet && { changedAt }),
    revision: before.revision + 1,
  };
}

function isPrepared({ keepUntil }: SkuPlan, now: Instant): boolean {
  return keepUntil !== undefined && now < keepUntil;
}

function changedRecently({ changedAt }: SkuPlan, now: Instant): boolean {
  return changedAt !== undefined && Date.parse(now) - Date.parse(changedAt) < coldMs;
}
