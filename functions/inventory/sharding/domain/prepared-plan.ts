import { addSeconds, type Instant } from '../../../shared/kernel/time.ts';
import { grownPlan } from './plan-changes.ts';
import { shardsFor } from './plan-size.ts';
import type { SkuPlan } from './shard-plan.ts';

/** Shards are kept for a day, unless the request says how long. */
const keptSeconds = 86_400;

/** What staff ask of a SKU's plan. What is left out stays as it is. */
export interface PlanRequest {
  /** Buyers a second at the height of a sale. */
  readonly expectedPeakPerSecond?: number;
  /** Until then no shards are merged. */
  readonly keepUntil?: Instant;
  /** The one location to prepare; absent: all that the SKU has. */
  readonly location?: string;
  /** Whether one order's units of the SKU may come from several locations. */
  readonly splitLines?: boolean;
  /** Units for sale at or below which the stock is low. */
  readonly lowAt?: number;
}

/** The plan with what was asked for; the very same one when it has all that. `units` are for sale, by location. */
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

/** A day from now; a later end that was asked for before stays. */
function keptFrom({ keepUntil }: SkuPlan, now: Instant): Instant {
  const until = addSeconds(now, keptSeconds);
  return keepUntil !== undefined && keepUntil > until ? keepUntil : until;
}
