import { keptShard } from '../../backorders/domain/backorder-allocation.ts';
import { knownPlans, type Surroundings } from '../../reservations/commands/survey-stock.ts';
import type { SkuLevels, StockLevel } from '../../reservations/domain/stock-store.ts';
import type { ShardCounters } from '../../sharding/commands/stock-table.ts';
import { allShardsOf, type Backorder, type ShardId, type SkuPlan, shardsOf } from '../../sharding/domain/shard-plan.ts';

/** As of now: plan and shards are read strongly, the plan first. */
export async function levelsOf(sku: string, { table }: Surroundings): Promise<SkuLevels | undefined> {
  const found = await table.read({ skus: [sku], lines: [sku] }, 'latest');
  const plan = found.plans.get(sku);
  if (plan === undefined) return undefined;
  const line = found.lines?.get(sku);
  // A sale may be prepared before the first goods are there; orders that wait then are worth a look.
  if (plan.locations.length === 0 && line === undefined && plan.backorder === undefined) return undefined;
  // Where nobody ever waited nothing is kept for those who do.
  const kept = line === undefined ? [] : plan.locations.map(({ location }) => keptShard(location, sku));
  const { shards } = await table.read({ shards: [...allShardsOf(plan), ...safetyShardsOf(plan), ...kept] }, 'latest');
  const locations = plan.locations.map(({ location }) => {
    const there = shards.filter((shard) => shard.location === location);
    return { location, ...levelOf(there), shipped: total(there, 'shipped') };
  });
  const levels = { sku, ...levelOf(shards), locations };
  if (line === undefined && plan.backorder === undefined) return levels;
  return {
    ...levels,
    backorder: {
      mode: 'none',
      ...plan.backorder,
      waiting: line?.units ?? 0,
      kept: total(forWaiting(shards), 'available'),
    },
  };
}

/** At half the price, with plans remembered: for showing, not for deciding. What lies at inactive locations is not for sale. */
export async function availabilityOf(skus: readonly string[], around: Surroundings): Promise<Map<string, number>> {
  const plans: readonly SkuPlan[] = await knownPlans(skus, around);
  const shards = plans.flatMap(shardsOf).filter((shard) => around.memory.isSoldFrom(shard));
  const found = await around.table.read({ shards }, 'cheap');
  const units = new Map(skus.map((sku) => [sku, 0]));
  for (const { sku, available } of found.shards) units.set(sku, (units.get(sku) ?? 0) + available);
  return units;
}

/** How orders may wait for these SKUs, by SKU; those that they may not wait for are left out. */
export async function backordersOf(
  skus: readonly string[],
  around: Surroundings,
): Promise<ReadonlyMap<string, Backorder>> {
  const plans = await knownPlans(skus, around);
  return new Map(plans.flatMap(({ sku, backorder }) => (backorder === undefined ? [] : [[sku, backorder] as const])));
}

/** Where staff never asked for safety stock there is none. */
function safetyShardsOf({ sku, safety = {} }: SkuPlan): ShardId[] {
  return Object.keys(safety).map((location) => ({ location, sku, shard: 'safety' }));
}

function levelOf(shards: readonly ShardCounters[]): StockLevel {
  const kept = shards.filter(({ shard }) => shard === 'safety');
  const awaited = total(forWaiting(shards), 'available');
  const available = total(shards, 'available') - total(kept, 'available') - awaited;
  const reserved = total(shards, 'reserved');
  const safety = total(kept, 'available');
  return { onHand: available + reserved + safety + awaited, available, reserved, safety };
}

function forWaiting(shards: readonly ShardCounters[]): ShardCounters[] {
  return shards.filter(({ shard }) => shard === 'backorder');
}

function total(shards: readonly ShardCounters[], column: 'available' | 'reserved' | 'shipped'): number {
  return shards.reduce((sum, shard) => sum + shard[column], 0);
}
