import { backOff } from '../../../shared/kernel/backoff.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { untilUncontended } from '../../../shared/kernel/until-uncontended.ts';
import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import type { LocationPlan, ShardId, SkuPlan } from '../domain/shard-plan.ts';
import { changePlan, shrinkingPlan, shrunkPlan } from './change-plan.ts';
import { openShards, openShardsOf } from './open-shards.ts';
import type { ShardCounters } from './stock-table.ts';

/** Times that a shard is drained anew because somebody bought from it between the look and the move. A cold one sells seldom. */
const maxDrains = 10;
/** Shards closed at a time: each gives to a shard of its own. */
const concurrency = 16;

/**
 * Halves the shards of a location while they are being sold. First the plan says so: from then on nobody opens a shard
 * of the upper half. Then each of them is closed and drained in one transaction, and when all are, the plan has only the
 * lower half. At every moment every unit is in an open shard of the plan. Whoever breaks off leaves a plan that says how
 * far it is, and the next one goes on from there; a growth in between takes it back.
 *
 * @returns whether the location has fewer shards now.
 */
export async function mergeShards(sku: string, location: string, now: Instant, around: Surroundings): Promise<boolean> {
  const { plan } = await changePlan(sku, around, (before) => before && shrinkingPlan(before, location, now));
  const there = plan?.locations.find((each) => each.location === location);
  if (plan === undefined || there?.closingTo === undefined) return false;
  if (!(await closeUpperShards(plan, there, around))) return false;
  const merged = await changePlan(sku, around, (before) =>
    // What was found closed is only known to have stayed closed under the very plan that says that nobody opens it.
    before?.revision === plan.revision ? shrunkPlan(before, location, now) : before,
  );
  return merged.written;
}

async function closeUpperShards(plan: SkuPlan, there: LocationPlan, around: Surroundings): Promise<boolean> {
  const { location, shards, closingTo = shards } = there;
  const lower = openShardsOf(plan.sku, there);
  const upper = Array.from({ length: shards - closingTo }, (_, index): Numbered => {
    return { location, sku: plan.sku, shard: closingTo + index };
  });
  const { shards: found } = await around.table.read({ shards: [...lower, ...upper] }, 'latest');
  if (!(await openShards(plan, found.slice(0, lower.length), around))) return false;
  const queue = upper.map((shard, index) => ({ shard, seen: found[lower.length + index] }));
  let open = 0;
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (!(await closeShard(next.shard, closingTo, next.seen, around))) open += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  around.memory.forget([...lower, ...upper]);
  return open === 0;
}

type Numbered = ShardId & { readonly shard: number };

/** Closes a shard and sends all it has for sale to the one that takes its place, both or neither; false when it kept being sold from. */
async function closeShard(
  { location, sku, shard }: Numbered,
  closingTo: number,
  seen: ShardCounters | undefined,
  { table, pace }: Surroundings,
): Promise<boolean> {
  const from = { location, sku, shard };
  const to = { location, sku, shard: shard % closingTo };
  let current = seen;
  for (let attempt = 0; attempt < maxDrains; attempt++) {
    current ??= (await table.read({ shards: [from] }, 'latest')).shards[0];
    const quantity = current?.available ?? 0;
    if (current?.closedTo !== undefined && quantity === 0) return true;
    const drain = { sku, from, quantity, ifAvailable: quantity, close: closingTo, ...(quantity > 0 && { to }) };
    const result = await untilUncontended(pace, () => table.transfer(drain));
    if (result.outcome === 'done') return true;
    current = undefined;
    await backOff(attempt, pace);
  }
  return false;
}
