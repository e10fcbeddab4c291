import { backOff } from '../../../shared/kernel/backoff.ts';
import { untilUncontended } from '../../../shared/kernel/contention.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { shrinkingPlan, shrunkPlan } from '../domain/plan-changes.ts';
import type { ShardCounters } from '../domain/shard.ts';
import { type LocationPlan, openShardsOf, type ShardId, type SkuPlan } from '../domain/shard-plan.ts';
import { changePlan, type PlanChangeDependencies } from './change-plan.ts';
import type { ShardStore } from './shard-store.ts';
import { openShards } from './spread-shards.ts';

/**
 * Attempts to drain a shard. An attempt fails when units were sold between the read and the move; a cold shard seldom
 * sells.
 */
const maxDrains = 10;
/** Shards closed at a time. Each drains into a different shard. */
const concurrency = 16;

interface MergeDependencies extends PlanChangeDependencies {
  readonly shards: Pick<ShardStore, 'read' | 'transfer' | 'reopen'>;
}

/**
 * Halves the shards of a location while they are being sold. First the plan is changed, after which no process opens a
 * shard of the upper half. Then each of these shards is closed and drained in one transaction. When all of them are,
 * the plan is reduced to the lower half. At every moment every unit is in an open shard of the plan. An interrupted
 * merge leaves a plan that records how far it is, and the next merge continues from there; a growth in between cancels
 * it.
 *
 * @returns whether the location now has fewer shards.
 */
export async function mergeShards(
  sku: string,
  location: string,
  now: Instant,
  dependencies: MergeDependencies,
): Promise<boolean> {
  const { plan } = await changePlan(sku, dependencies, (before) => before && shrinkingPlan(before, location, now));
  const there = plan?.locations.find((each) => each.location === location);
  if (plan === undefined || there?.closingTo === undefined) return false;
  if (!(await closeUpperShards(plan, there, dependencies))) return false;
  const merged = await changePlan(sku, dependencies, (before) =>
    // Shards that were found closed are known to have stayed closed only under the plan that forbids opening them.
    before?.revision === plan.revision ? shrunkPlan(before, location, now) : before,
  );
  return merged.written;
}

async function closeUpperShards(plan: SkuPlan, there: LocationPlan, dependencies: MergeDependencies): Promise<boolean> {
  const { location, shards, closingTo = shards } = there;
  const lower = openShardsOf(plan.sku, there);
  const upper = Array.from({ length: shards - closingTo }, (_, index): Numbered => {
    return { location, sku: plan.sku, shard: closingTo + index };
  });
  const found = await dependencies.shards.read([...lower, ...upper], 'strong');
  if (!(await openShards(plan, found.slice(0, lower.length), dependencies))) return false;
  const queue = upper.map((shard, index) => ({ shard, seen: found[lower.length + index] }));
  let open = 0;
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (!(await closeShard(next.shard, closingTo, next.seen, dependencies))) open += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return open === 0;
}

type Numbered = ShardId & { readonly shard: number };

/**
 * Closes a shard and moves all its units for sale to the one that takes its place, in one transaction. Returns false
 * when units were sold from it during every attempt.
 */
async function closeShard(
  { location, sku, shard }: Numbered,
  closingTo: number,
  seen: ShardCounters | undefined,
  { shards, pace }: MergeDependencies,
): Promise<boolean> {
  const from = { location, sku, shard };
  const to = { location, sku, shard: shard % closingTo };
  let current = seen;
  for (let attempt = 0; attempt < maxDrains; attempt++) {
    current ??= (await shards.read([from], 'strong'))[0];
    const quantity = current?.available ?? 0;
    if (current?.closedTo !== undefined && quantity === 0) return true;
    const drain = { from, quantity, ifAvailable: quantity, close: closingTo, ...(quantity > 0 && { to }) };
    const result = await untilUncontended(pace, () => shards.transfer(drain));
    if (result.outcome === 'done') return true;
    current = undefined;
    await backOff(attempt, pace);
  }
  return false;
}
