import type { Pace } from '../../../shared/kernel/backoff.ts';
import { isTransient } from '../../../shared/kernel/faults.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { doubledPlan, grewRecently } from '../domain/plan-changes.ts';
import { availableIn } from '../domain/shard.ts';
import { openShardsOf, type ShardId, type SkuPlan } from '../domain/shard-plan.ts';
import type { PlanCache } from './known-plans.ts';
import type { PlanStore } from './plan-store.ts';
import type { ShardStore } from './shard-store.ts';
import { spreadOverShards } from './spread-shards.ts';

/**
 * Conflicts of one process at a location's shards before it asks for more shards, and the time within which they count
 * together. A process serves one buyer at a time, so one conflict may be a coincidence of a few milliseconds; three in
 * a second show that the shards are busy for much of that time.
 */
const conflictsBeforeGrowth = 3;
const withinMs = 1_000;

/** Reports the shards where a reservation met a conflict or a throttle. */
export interface Contention {
  met(shards: readonly ShardId[], now: Instant): Promise<void>;
}

export interface GrowthDependencies {
  readonly plans: Pick<PlanStore, 'read' | 'write'>;
  readonly shards: Pick<ShardStore, 'read' | 'transfer' | 'reopen'>;
  readonly cache: PlanCache;
  /** Units of a SKU for sale in all shards together as this process last saw them; undefined when it has not. */
  unitsLastSeen(sku: string): number | undefined;
  readonly pace: Pace;
  nowMs(): number;
}

/**
 * Counts the conflicts of this process and adds shards to a SKU in high demand. Of all processes that notice the
 * demand, one changes the plan and moves the units; the others only read the new plan. Growth that fails for a
 * transient reason never fails a reservation.
 */
export function growWhenContended(dependencies: GrowthDependencies): Contention {
  const conflicts = new Map<string, { since: number; times: number }>();
  const isTooMuch = (name: string): boolean => {
    const nowMs = dependencies.nowMs();
    const known = conflicts.get(name);
    const fresh = known !== undefined && nowMs - known.since < withinMs;
    const times = fresh ? known.times + 1 : 1;
    conflicts.set(name, { since: fresh ? known.since : nowMs, times });
    if (times < conflictsBeforeGrowth) return false;
    conflicts.clear();
    return true;
  };
  return {
    async met(shards, now) {
      const places = new Map(shards.map(({ sku, location }) => [`${location}#${sku}`, { sku, location }]));
      for (const [name, { sku, location }] of places) {
        if (!isTooMuch(name)) continue;
        try {
          await growContended(sku, location, now, dependencies);
        } catch (fault) {
          if (!isTransient(fault)) throw fault;
        }
      }
    },
  };
}

async function growContended(
  sku: string,
  location: string,
  now: Instant,
  dependencies: GrowthDependencies,
): Promise<void> {
  const { plans, cache } = dependencies;
  if (isSellingOut(sku, location, now, dependencies)) return;
  const before = (await plans.read([sku], 'strong')).get(sku);
  if (before === undefined) return;
  cache.learn(before);
  if (grewRecently(before, now)) return;
  const plan = doubledPlan(before, location, now, await unitsAt(before, location, dependencies));
  // One attempt only: the loser has a request in flight, and the winner has already grown the plan.
  if (plan === before || (await plans.write(plan)) === 'changed') return;
  cache.learn(plan);
  await spreadOverShards(plan, location, dependencies);
}

/**
 * Whether too few units are left for more shards. Near sell-out many buyers contend for the last units. Without this
 * check each of them would read every shard, just when reads are scarcest.
 */
function isSellingOut(
  sku: string,
  location: string,
  now: Instant,
  { cache, unitsLastSeen }: GrowthDependencies,
): boolean {
  const [plan, units] = [cache.get(sku), unitsLastSeen(sku)];
  return plan !== undefined && units !== undefined && doubledPlan(plan, location, now, units) === plan;
}

async function unitsAt(plan: SkuPlan, location: string, { shards }: GrowthDependencies): Promise<number> {
  const there = plan.locations.find((each) => each.location === location);
  return there === undefined ? 0 : availableIn(await shards.read(openShardsOf(plan.sku, there), 'strong'));
}
