import { type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { type PlanRequest, preparedPlan } from '../domain/prepared-plan.ts';
import { type SkuPlan, shardsOf } from '../domain/shard-plan.ts';
import { type TableNeeds, tableNeeds } from '../domain/table-needs.ts';
import { changePlan, type PlanChangeDependencies } from './change-plan.ts';
import type { PlanStore } from './plan-store.ts';
import type { ShardStore } from './shard-store.ts';
import { type SpreadDependencies, spreadOverShards } from './spread-shards.ts';

/** A SKU's plan, and the throughput that the tables need for it. */
export interface PlanView {
  readonly plan: SkuPlan;
  readonly needs: TableNeeds;
}

/**
 * Changes a SKU's plan as requested, and spreads its units over the shards. A request that was interrupted anywhere is
 * completed when it is repeated. It never removes shards: rebalancing does that when they are no longer needed.
 *
 * @returns `VALIDATION_FAILED` when the SKU was never received at the requested location.
 */
export async function prepareSale(
  sku: string,
  request: PlanRequest,
  now: Instant,
  dependencies: PlanChangeDependencies & SpreadDependencies,
): Promise<PlanView | Refusal<'VALIDATION_FAILED'>> {
  const { location } = request;
  const { plan } = await changePlan(sku, dependencies, async (before) => {
    const known: SkuPlan = before ?? { sku, locations: [], path: 'T', revision: 0 };
    if (location !== undefined && !known.locations.some((each) => each.location === location)) return before;
    return preparedPlan(known, request, await unitsByLocation(known, dependencies), now);
  });
  const prepared = plan?.locations.filter((each) => location === undefined || each.location === location) ?? [];
  if (location !== undefined && prepared.length === 0) {
    return refuse('VALIDATION_FAILED', `Nothing of ${sku} was ever received at ${location}.`, [
      { path: 'location', message: 'has nothing of this SKU' },
    ]);
  }
  if (plan === undefined) throw new Error(`SKU ${sku} has no plan after a sale was prepared`);
  for (const each of prepared) if (each.shards > 1) await spreadOverShards(plan, each.location, dependencies);
  return { plan, needs: tableNeeds(plan) };
}

/** The SKU's plan as it is; undefined for a SKU without one. */
export async function planViewOf(
  sku: string,
  { plans }: { readonly plans: Pick<PlanStore, 'read'> },
): Promise<PlanView | undefined> {
  const plan = (await plans.read([sku], 'strong')).get(sku);
  return plan && { plan, needs: tableNeeds(plan) };
}

async function unitsByLocation(
  plan: SkuPlan,
  { shards }: { readonly shards: Pick<ShardStore, 'read'> },
): Promise<ReadonlyMap<string, number>> {
  const units = new Map<string, number>();
  for (const { location, available } of await shards.read(shardsOf(plan), 'strong')) {
    units.set(location, (units.get(location) ?? 0) + available);
  }
  return units;
}
