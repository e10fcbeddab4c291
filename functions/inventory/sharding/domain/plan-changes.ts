import type { Instant } from '../../../shared/kernel/time.ts';
import { mostShardsOf } from './plan-size.ts';
import type { LocationPlan, SkuPlan } from './shard-plan.ts';

/**
 * Between two growths of a SKU. The effect of one shows only after every process has learned of it and its units have
 * moved.
 */
const growthMs = 2_000;
/** The first step away from transactions: four shards sell what may be expected of a SKU that was not prepared. */
const firstShards = 4;

/** The plan with other shards at one location, and the path that its shards ask for. */
export function withLocation(plan: SkuPlan, changed: LocationPlan, now: Instant): SkuPlan {
  const locations = plan.locations.map((each) => (each.location === changed.location ? changed : each));
  const path = locations.some(({ shards }) => shards > 1) ? 'J' : 'T';
  return { ...plan, locations, path, changedAt: now, revision: plan.revision + 1 };
}

/** More shards at a location, and an end to its shrinking; the very same plan when it has them and need not change its path. */
export function grownPlan(plan: SkuPlan, location: string, shards: number, now: Instant): SkuPlan {
  const known = plan.locations.find((each) => each.location === location);
  if (known === undefined) return plan;
  const { closingTo, ...open } = known;
  const enough = shards <= (closingTo ?? known.shards);
  if (enough && (plan.path === 'J' || known.shards === 1)) return plan;
  return withLocation(plan, enough ? known : { ...open, shards: Math.max(shards, known.shards) }, now);
}

/** The location is to have half its shards: from now on nobody opens the upper half. */
export function shrinkingPlan(plan: SkuPlan, location: string, now: Instant): SkuPlan {
  const known = plan.locations.find((each) => each.location === location);
  if (known === undefined || known.shards === 1 || known.closingTo !== undefined) return plan;
  // The path stays: sales go on in all shards that are still open.
  return { ...withLocation(plan, { ...known, closingTo: Math.ceil(known.shards / 2) }, now), path: plan.path };
}

/** The upper shards are closed and empty: the location has the lower ones. */
export function shrunkPlan(plan: SkuPlan, location: string, now: Instant): SkuPlan {
  const known = plan.locations.find((each) => each.location === location);
  if (known?.closingTo === undefined) return plan;
  const { closingTo, ...rest } = known;
  const mostShards = Math.max(known.mostShards ?? 0, known.shards);
  return withLocation(plan, { ...rest, shards: closingTo, mostShards }, now);
}

/** Whether the last growth is so young that its effect is not known yet. */
export function grewRecently({ changedAt }: SkuPlan, now: Instant): boolean {
  return changedAt !== undefined && Date.parse(now) - Date.parse(changedAt) < growthMs;
}

/** Twice the shards at a location, as far as its units are worth them; a location that is shrinking keeps what it has. */
export function doubledPlan(plan: SkuPlan, location: string, now: Instant, units: number, wanted = 0): SkuPlan {
  const known = plan.locations.find((each) => each.location === location);
  if (known === undefined) return plan;
  if (known.closingTo !== undefined) return grownPlan(plan, location, known.shards, now);
  const doubled = Math.max(2 * known.shards, wanted, plan.path === 'T' ? firstShards : 0);
  return grownPlan(plan, location, Math.min(doubled, mostShardsOf(units)), now);
}
