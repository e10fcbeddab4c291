import { allShardsOf, type ShardId, type SkuPlan, shardsOf } from './shard-plan.ts';
import type { SkuLevels, StockLevel } from './stock-store.ts';
import type { ShardCounters } from './stock-table.ts';
import { knownPlans, type Surroundings } from './survey-stock.ts';

/** As of now: plan and shards are read strongly, the plan first. */
export async function levelsOf(sku: string, { table }: Surroundings): Promise<SkuLevels | undefined> {
  const plan = (await table.read({ skus: [sku] }, 'latest')).plans.get(sku);
  if (plan === undefined) return undefined;
  const { shards } = await table.read({ shards: [...allShardsOf(plan), ...safetyShardsOf(plan)] }, 'latest');
  const locations = plan.locations.map(({ location }) => {
    const there = shards.filter((shard) => shard.location === location);
    return { location, ...levelOf(there), shipped: total(there, 'shipped') };
  });
  return { sku, ...levelOf(shards), locations };
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

/** Where staff never asked for safety stock there is none. */
function safetyShardsOf({ sku, safety = {} }: SkuPlan): ShardId[] {
  return Object.keys(safety).map((location) => ({ location, sku, shard: 'safety' }));
}

function levelOf(shards: readonly ShardCounters[]): StockLevel {
  const kept = shards.filter(({ shard }) => shard === 'safety');
  const available = total(shards, 'available') - total(kept, 'available');
  const reserved = total(shards, 'reserved');
  const safety = total(kept, 'available');
  return { onHand: available + reserved + safety, available, reserved, safety };
}

function total(shards: readonly ShardCounters[], column: 'available' | 'reserved' | 'shipped'): number {
  return shards.reduce((sum, shard) => sum + shard[column], 0);
}
