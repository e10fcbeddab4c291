import { untilUncontended } from '../../../shared/kernel/until-uncontended.ts';
import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import type { LocationPlan, ShardId, SkuPlan } from '../domain/shard-plan.ts';
import { evenOut } from './rebalance-shards.ts';
import { maxReopened, type ShardCounters } from './stock-table.ts';

/** The shards of a location that are to be open: all that it has, but for those that it is closing. */
export function openShardsOf(sku: string, { location, shards, closingTo = shards }: LocationPlan): ShardId[] {
  return Array.from({ length: closingTo }, (_, shard) => ({ location, sku, shard }));
}

/**
 * Opens what an earlier, smaller plan closed and this one has. Only while the plan is still this one: whoever opens a
 * shard late, after the location has begun to shrink again, would leave units where no plan leads.
 *
 * @returns false when the plan is another one by now; whoever changed it looks after the shards.
 */
export async function openShards(
  plan: SkuPlan,
  found: readonly ShardCounters[],
  { table, pace }: Pick<Surroundings, 'table' | 'pace'>,
): Promise<boolean> {
  const closed = found.filter(({ closedTo }) => closedTo !== undefined);
  for (let start = 0; start < closed.length; start += maxReopened) {
    const batch = closed.slice(start, start + maxReopened);
    const result = await untilUncontended(pace, () => table.reopen(plan, batch));
    if (result.outcome === 'plan-changed') return false;
  }
  return true;
}

/** Brings a location's shards in line with a plan that gives it more: opens them, and spreads the units over them. */
export async function settleIn(plan: SkuPlan, location: string, around: Surroundings): Promise<void> {
  const there = plan.locations.find((each) => each.location === location);
  if (there === undefined) return;
  const shards = openShardsOf(plan.sku, there);
  const { shards: found } = await around.table.read({ shards }, 'latest');
  if (!(await openShards(plan, found, around))) return;
  await evenOut(shards, around);
}
