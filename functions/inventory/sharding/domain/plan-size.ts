import { maxShards } from './shard-plan.ts';

/**
 * Sales a second that a shard is for: a quarter of what its partition takes. Three quarters are room for buyers who
 * meet in one shard by chance, for the shards that share a partition, and for units that come back.
 */
export const salesPerShard = 250;
/** With fewer units in a shard, buyers of the last ones look longer for them than the shard ever saved. */
const unitsPerShard = 8;

/** The shards for so many sales a second of so many units: a power of two from 1 to {@link maxShards}. */
export function shardsFor(salesPerSecond: number, units: number): number {
  return Math.min(powerFrom(salesPerSecond / salesPerShard), mostShardsOf(units));
}

/** The most shards that so many units are worth. */
export function mostShardsOf(units: number): number {
  const worth = Math.max(1, units / unitsPerShard);
  return Math.min(maxShards, 2 ** Math.floor(Math.log2(worth)));
}

/** The smallest power of two that is not below a number, at least 1. */
function powerFrom(number: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, number)));
}
