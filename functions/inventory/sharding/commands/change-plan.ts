import { backOff } from '../../../shared/kernel/backoff.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import type { LocationPlan, SkuPlan } from '../domain/shard-plan.ts';

/** Times a change is decided anew because somebody else changed the plan. Plans change every two seconds at most. */
const maxDecisions = 8;

export interface PlanChange {
  /** As it is in the end, whoever wrote it. */
  readonly plan: SkuPlan | undefined;
  /** Whether this call changed it. */
  readonly written: boolean;
}

/**
 * Decides on the plan as it is now and writes it, again when somebody else was faster: of those who decide on one
 * revision one wins.
 *
 * @param decide answers the plan to be, of the next revision, or the very plan it was given when that will do.
 * @throws TransientFault when others were faster every time.
 */
export async function changePlan(
  sku: string,
  { table, memory, pace }: Surroundings,
  decide: (before: SkuPlan | undefined) => SkuPlan | undefined | Promise<SkuPlan | undefined>,
): Promise<PlanChange> {
  for (let attempt = 0; attempt < maxDecisions; attempt++) {
    const before = (await table.read({ skus: [sku] }, 'latest')).plans.get(sku);
    const after = await decide(before);
    if (after === before || after === undefined) {
      if (before !== undefined) memory.learnPlan(before);
      return { plan: before, written: false };
    }
    if ((await table.writePlan(after)) === 'written') {
      memory.learnPlan(after);
      return { plan: after, written: true };
    }
    await backOff(attempt, pace);
  }
  throw new TransientFault(`SKU ${sku}: the plan changed ${maxDecisions} times meanwhile`);
}

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
