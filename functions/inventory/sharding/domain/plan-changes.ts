import type { Instant } from '../../../shared/kernel/time.ts';
import { mostShardsOf } from './plan-size.ts';
import type { LocationPlan, SkuPlan } from './shard-plan.ts';

/**
 * Least time between two growths of a SKU. A growth takes effect only after every process has read the new plan and the
 * units have moved.
 */
const growthMs = 2_000;
/**
 * Least number of shards of a SKU that leaves path T: four shards carry the sales to expect of a SKU without a prepared
 * sale.
 */
const firstShards = 4;

/**
 * The plan with one location replaced. Its path follows from the shards: J where any location has more than one, else
 * T.
 */
function withLocation(plan: SkuPlan, changed: LocationPlan, now: Instant): SkuPlan {
  const locations = plan.locations.map((each) => (each.location === changed.location ? changed : each));
  const path = locations.some(({ shards }) => shards > 1) ? 'J' : 'T';
  return { ...plan, locations, path, changedAt: now, revision: plan.revision + 1 };
}

/**
 * The plan with at least `shards` shards at a location. A location that is shrinking to fewer stops shrinking. Returns
 * the same object when the location has them and the path need not change.
 */
export function grownPlan(plan: SkuPlan, location: string, shards: number, now: Instant): SkuPlan {
  const known = plan.locations.find((each) => each.location === location);
  if (known === undefined) return plan;
  const { closingTo, ...open } = known;
  const enough = shards <= (closingTo ?? known.shards);
  if (enough && (plan.path === 'J' || known.shards === 1)) return plan;
  return withLocation(plan, enough ? known : { ...open, shards: Math.max(shards, known.shards) }, now);
}

/**
 * The plan in which a location begins to shrink to half its shards: from then on no process opens the upper half.
 * Returns the same object when the location has one shard or is shrinking already.
 */
export function shrinkingPlan(plan: SkuPlan, location: string, now: Instant): SkuPlan {
  const known = plan.locations.find((each) => each.location === location);
  if (known === undefined || known.shards === 1 || known.closingTo !== undefined) return plan;
  // The path stays: sales go on in all shards that are still open.
  return { ...withLocation(plan, { ...known, closingTo: Math.ceil(known.shards / 2) }, now), path: plan.path };
}

/**
 * The plan in which a location has finished shrinking: its upper shards are closed and empty, and only the lower ones
 * are left.
 */
export function shrunkPlan(plan: SkuPlan, location: string, now: Instant): SkuPlan {
  const known = plan.locations.find((each) => each.location === location);
  if (known?.closingTo === undefined) return plan;
  const { closingTo, ...rest } = known;
  const mostShards = Math.max(known.mostShards ?? 0, known.shards);
  return withLocation(plan, { ...rest, shards: closingTo, mostShards }, now);
}

/** Whether shards or path changed so recently that the effect is not known yet. */
export function grewRecently({ changedAt }: SkuPlan, now: Instant): boolean {
  return changedAt !== undefined && Date.parse(now) - Date.parse(changedAt) < growthMs;
}

/**
 * The plan with twice the shards at a location, or `wanted` if that is more, as far as `units` units for sale justify
 * them. A location that is shrinking stops and keeps the shards that it has.
 */
export function doubledPlan(plan: SkuPlan, location: string, now: Instant, units: number, wanted = 0): SkuPlan {
  const known = plan.locations.find((each) => each.location === location);
  if (known === undefined) return plan;
  if (known.closingTo !== undefined) return grownPlan(plan, location, known.shards, now);
  const doubled = Math.max(2 * known.shards, wanted, plan.path === 'T' ? firstShards : 0);
  return grownPlan(plan, location, Math.min(doubled, mostShardsOf(units)), now);
}
