import { type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import { addSeconds, type Instant } from '../../../shared/kernel/time.ts';
import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import { shardsFor } from '../domain/plan-size.ts';
import { type SkuPlan, shardsOf } from '../domain/shard-plan.ts';
import { type TableNeeds, tableNeeds } from '../domain/table-needs.ts';
import { changePlan, grownPlan } from './change-plan.ts';
import { settleIn } from './open-shards.ts';

/** Shards are kept for a day, unless somebody says how long. */
const keptSeconds = 86_400;

/** What staff wants of a SKU's plan. What is left out stays as it is. */
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

/** A SKU's plan with what it means for the tables. */
export interface PlanView {
  readonly plan: SkuPlan;
  readonly needs: TableNeeds;
}

/**
 * Brings a SKU's plan to what was asked for, and its units into the shards: a request that broke off anywhere is
 * completed by asking again. It never takes shards away: that happens by itself when they are no longer needed.
 */
export async function prepareSale(
  sku: string,
  request: PlanRequest,
  now: Instant,
  around: Surroundings,
): Promise<PlanView | Refusal<'VALIDATION_FAILED'>> {
  const { location } = request;
  const { plan } = await changePlan(sku, around, async (before) => {
    const known: SkuPlan = before ?? { sku, locations: [], path: 'T', revision: 0 };
    if (location !== undefined && !known.locations.some((each) => each.location === location)) return before;
    return askedPlan(known, request, await unitsByLocation(known, around), now);
  });
  const places = plan?.locations.filter((each) => location === undefined || each.location === location) ?? [];
  if (location !== undefined && places.length === 0) {
    return refuse('VALIDATION_FAILED', `Nothing of ${sku} was ever received at ${location}.`, [
      { path: 'location', message: 'has nothing of this SKU' },
    ]);
  }
  if (plan === undefined) throw new Error(`SKU ${sku} has no plan after one was asked for`);
  for (const each of places) if (each.shards > 1) await settleIn(plan, each.location, around);
  return { plan, needs: tableNeeds(plan) };
}

/** The plan as it is; undefined for a SKU without one. */
export async function planOf(sku: string, { table }: Surroundings): Promise<PlanView | undefined> {
  const plan = (await table.read({ skus: [sku] }, 'latest')).plans.get(sku);
  return plan && { plan, needs: tableNeeds(plan) };
}

/** The plan with what was asked for; the very same one when it has all that. */
function askedPlan(
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

/** A day from now; a later end that somebody asked for before stays. */
function keptFrom({ keepUntil }: SkuPlan, now: Instant): Instant {
  const until = addSeconds(now, keptSeconds);
  return keepUntil !== undefined && keepUntil > until ? keepUntil : until;
}

async function unitsByLocation(plan: SkuPlan, { table }: Surroundings): Promise<ReadonlyMap<string, number>> {
  const { shards } = await table.read({ shards: shardsOf(plan) }, 'latest');
  const units = new Map<string, number>();
  for (const { location, available } of shards) units.set(location, (units.get(location) ?? 0) + available);
  return units;
}
