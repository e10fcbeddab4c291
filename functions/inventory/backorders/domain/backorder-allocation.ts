import type { ShardCounters, StockTable } from '../../sharding/commands/stock-table.ts';
import type { ShardId, SkuPlan } from '../../sharding/domain/shard-plan.ts';
import type { Surplus, WaitingLine } from '../commands/backorder-queue.ts';

/** Where the units lie that came in for those who wait. No sale looks there. */
export const keptShard = (location: string, sku: string): ShardId => ({ location, sku, shard: 'backorder' });

/** What lies at each location for those who wait for the SKU. */
export async function keptFor(
  plan: SkuPlan | undefined,
  table: Pick<StockTable, 'read'>,
): Promise<readonly ShardCounters[]> {
  const shards = (plan?.locations ?? []).map(({ location }) => keptShard(location, plan?.sku ?? ''));
  return shards.length === 0 ? [] : (await table.read({ shards }, 'latest')).shards;
}

/** Units beyond what is waited for, from the last location first. */
export function surplusOf({ units }: WaitingLine, kept: readonly ShardCounters[]): Surplus[] {
  let left = kept.reduce((sum, { available }) => sum + available, 0) - units;
  const surplus: Surplus[] = [];
  for (const { location, available } of [...kept].reverse()) {
    const quantity = Math.min(left, available);
    if (quantity > 0) surplus.push({ location, quantity });
    left -= quantity;
  }
  return surplus;
}
