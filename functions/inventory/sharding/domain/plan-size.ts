import { maxShards } from './shard-plan.ts';

/**
 * Sales per second that one shard is planned for: a quarter of what its partition takes. The other three quarters are
 * left for buyers who choose the same shard by chance, for shards that share a partition, and for units that come back.
 */
export const salesPerShard = 250;
/**
 * Units that justify one more shard. With fewer units in a shard, the search for the last of them costs more than the
 * shard saves.
 */
const unitsPerShard = 8;

/** The number of shards for a rate of sales from a stock of units: a power of two from 1 to {@link maxShards}. */
export function shardsFor(salesPerSecond: number, units: number): number {
  return Math.min(powerFrom(salesPerSecond / salesPerShard), mostShardsOf(units));
}

/** The most shards that a number of units justifies: a power of two from 1 to {@link maxShards}. */
export function mostShardsOf(units: number): number {
  const worth = Math.max(1, units / unitsPerShard);
  return Math.min(maxShards, 2 ** Math.floor(Math.log2(worth)));
}

/** The smallest power of two that is not below a number, at least 1. */
function powerFrom(number: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, number)));
}
