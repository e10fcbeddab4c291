import type { Instant } from '../../../shared/kernel/time.ts';
import {
  cooledPlan,
  plannedFor,
  type RatedLocation,
  rateSince,
  type SalesMark,
  shouldMerge,
} from '../domain/location-rate.ts';
import { allShardsOf, openShardsOf } from '../domain/shard-plan.ts';
import { changePlan } from './change-plan.ts';
import { mergeShards } from './merge-shards.ts';
import type { PlanStore } from './plan-store.ts';
import type { ShardStore } from './shard-store.ts';
import { openShards, rebalanceShards, spreadOverShards } from './spread-shards.ts';
import { type RepairDependencies, sweepJournals } from './sweep-journals.ts';

/** SKUs rebalanced at the same time. */
const concurrency = 4;

/** What one round over the hot SKUs found and did. */
export interface Rebalanced {
  readonly hotCount: number;
  readonly grownCount: number;
  readonly mergedCount: number;
  readonly movedCount: number;
  readonly repairedCount: number;
  /** Whether units are being sold, so that another round is due in some seconds. */
  readonly active: boolean;
  readonly failed: readonly { readonly sku: string; readonly reason: unknown }[];
}

export interface RebalanceDependencies extends RepairDependencies {
  readonly plans: PlanStore;
  readonly shards: Omit<ShardStore, 'debit'>;
}

/** One round over the hot SKUs. */
export type HotSkuRebalancer = (now: Instant) => Promise<Rebalanced>;

/**
 * Rebalances the hot SKUs: repairs the entries of interrupted reservations, adds shards where demand is high, merges
 * shards where it has fallen, and evens out the rest. Every step is decided on the plan's revision and may be
 * interrupted, so that two rounds may run at once. Sales rates are measured between two rounds of this process; a new
 * process only takes longer to recognize a cold SKU.
 */
export function hotSkuRebalancer(dependencies: RebalanceDependencies): HotSkuRebalancer {
  const marks = new Map<string, SalesMark>();
  return async (now) => {
    const skus = [...(await dependencies.plans.hotSkus())];
    const { repairedCount } = skus.length === 0 ? { repairedCount: 0 } : await sweepJournals(skus, dependencies);
    const done: Done = { grownCount: 0, mergedCount: 0, movedCount: 0, active: false };
    const failed: { sku: string; reason: unknown }[] = [];
    const queue = [...skus];
    const work = async (): Promise<void> => {
      for (let sku = queue.shift(); sku !== undefined; sku = queue.shift()) {
        try {
          await rebalanceSku(sku, now, marks, done, dependencies);
        } catch (reason) {
          failed.push({ sku, reason });
        }
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    return { hotCount: skus.length, repairedCount, ...done, failed };
  };
}

interface Done {
  grownCount: number;
  mergedCount: number;
  movedCount: number;
  active: boolean;
}

async function rebalanceSku(
  sku: string,
  now: Instant,
  marks: Map<string, SalesMark>,
  done: Done,
  dependencies: RebalanceDependencies,
): Promise<void> {
  const { plans, shards: store, nowMs } = dependencies;
  const plan = (await plans.read([sku], 'strong')).get(sku);
  if (plan === undefined) return;
  const shards = await store.read(allShardsOf(plan), 'strong');
  const hasEntries = shards.some(({ journal }) => journal.length > 0);
  if (hasEntries) done.active = true;
  for (const there of plan.locations) {
    const found = shards.filter(({ location }) => location === there.location);
    const name = `${there.location}#${sku}`;
    const { rate, mark } = rateSince(marks.get(name), there, found, nowMs());
    marks.set(name, mark);
    if ((rate.salesPerSecond ?? 0) > 0) done.active = true;
    await rebalanceLocation({ plan, there, found, ...rate }, now, done, dependencies);
  }
  if (cooledPlan(plan, hasEntries, now) === plan) return;
  await changePlan(sku, dependencies, (before) => before && cooledPlan(before, hasEntries, now));
}

async function rebalanceLocation(
  location: RatedLocation,
  now: Instant,
  done: Done,
  dependencies: RebalanceDependencies,
): Promise<void> {
  const { plan, there, found } = location;
  if (await grow(location, now, dependencies)) {
    done.grownCount += 1;
    return;
  }
  if (shouldMerge(location, now)) {
    if (await mergeShards(plan.sku, there.location, now, dependencies)) done.mergedCount += 1;
    return;
  }
  const open = openShardsOf(plan.sku, there);
  const known = found.slice(0, open.length);
  if (!(await openShards(plan, known, dependencies))) return;
  const closed = known.some(({ closedTo }) => closedTo !== undefined);
  done.movedCount += await rebalanceShards(open, dependencies, { rounds: 1, ...(!closed && { known }) });
}

async function grow(location: RatedLocation, now: Instant, dependencies: RebalanceDependencies): Promise<boolean> {
  const { plan, there } = location;
  if (plannedFor(plan, location, now) === plan) return false;
  const { plan: after, written } = await changePlan(
    plan.sku,
    dependencies,
    (before) => before && plannedFor(before, location, now),
  );
  if (after !== undefined && written) await spreadOverShards(after, there.location, dependencies);
  return written;
}
