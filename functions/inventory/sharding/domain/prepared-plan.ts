import { addSeconds, type Instant } from '../../../shared/kernel/time.ts';
import { grownPlan } from './plan-changes.ts';
import { shardsFor } from './plan-size.ts';
import type { SkuPlan } from './shard-plan.ts';

/** How long the shards of a prepared sale are kept when the request does not say: a day. */
const keptSeconds = 86_400;

/** A request to change a SKU's plan. What is absent stays as it is. */
export interface PlanRequest {
  /** Buyers per second at the peak of the sale. */
  readonly expectedPeakPerSecond?: number;
  /** No shards are merged before this time. */
  readonly keepUntil?: Instant;
  /** The only location to prepare. Absent: all locations of the SKU. */
  readonly location?: string;
  /** Whether one order's units of the SKU may come from several locations. */
  readonly splitLines?: boolean;
  /** The stock is low at or below this number of units for sale. */
  readonly lowAt?: number;
}

/**
 * The plan with the requested changes; the same object when they change nothing.
 *
 * @param units units for sale by location: a location gets no more shards than they justify.
 */
export function preparedPlan(
  before: SkuPlan,
  { expectedPeakPerSecond, keepUntil, location, splitLines = before.splitLines, lowAt = before.lowAt }: PlanRequest,
  units: ReadonlyMap<string, number>,
  now: Instant,
): SkuPlan {
  let grown = before;
  for (const each of before.locations) {
    if (expectedPeakPerSecond === undefined || (location ?? each.location) !== each.location) continue;
    grown = grownPlan(grown, each.location, shardsFor(expectedPeakPerSecond, units.get(each.location) ?? 0), now);
  }
  const until = keepUntil ?? (expectedPeakPerSecond === undefined ? before.keepUntil : keptFrom(before, now));
  const asked: SkuPlan = {
    ...grown,
    ...(expectedPeakPerSecond !== undefined && { expectedPeakPerSecond }),
    ...(until !== undefined && { keepUntil: until }),
    ...(splitLines !== undefined && { splitLines }),
    ...(lowAt !== undefined && { lowAt }),
  };
  const same =
    grown === before &&
    before.revision > 0 &&
    asked.expectedPeakPerSecond === before.expectedPeakPerSecond &&
    asked.keepUntil === before.keepUntil &&
    asked.splitLines === before.splitLines &&
    asked.lowAt === before.lowAt;
  return same ? before : { ...asked, revision: before.revision + 1 };
}

/** A day from now, or the end that an earlier request asked for if that is later. */
function keptFrom({ keepUntil }: SkuPlan, now: Instant): Instant {
  const until = addSeconds(now, keptSeconds);
  return keepUntil !== undefined && keepUntil > until ? keepUntil : until;
}
