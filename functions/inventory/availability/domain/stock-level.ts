import {
  allShardsOf,
  type Backorder,
  backorderShard,
  type ShardCounters,
  type ShardId,
  type SkuPlan,
} from '../../sharding/index.ts';

/**
 * Units of a SKU. `onHand` = `available` + `reserved` + `safety` + units reserved for backorders: all units in the
 * building. Shipped units have left it.
 */
export interface StockLevel {
  readonly onHand: number;
  readonly available: number;
  readonly reserved: number;
  /** Safety stock: withheld from every order. */
  readonly safety: number;
}

export interface SkuLevels extends StockLevel {
  readonly sku: string;
  /** Present for a SKU that may be backordered or ever was. */
  readonly backorder?: {
    readonly mode: 'none' | Backorder['mode'];
    readonly limit?: number | undefined;
    /** Units that orders wait for, and units reserved for these orders. The latter are on hand but not available. */
    readonly waiting: number;
    readonly kept: number;
  };
  readonly locations: readonly (StockLevel & { readonly location: string; readonly shipped: number })[];
}

/** Units that orders wait for; undefined for a SKU that was never backordered. */
export type WaitedFor = { readonly units: number } | undefined;

/** The shards whose counters make up the levels of a SKU, including closed shards and those of withheld units. */
export function shardsWithUnits(plan: SkuPlan, waitedFor: WaitedFor): ShardId[] {
  const { sku, locations, safety = {} } = plan;
  // Only a SKU that was ever backordered has units reserved for backorders, and only locations with safety stock have a
  // shard for it.
  const backorders = waitedFor === undefined ? [] : locations.map(({ location }) => backorderShard(location, sku));
  const safetyShards = Object.keys(safety).map((location): ShardId => ({ location, sku, shard: 'safety' }));
  return [...allShardsOf(plan), ...safetyShards, ...backorders];
}

/** The levels of a SKU from the counters of {@link shardsWithUnits}. */
export function levelsFrom(plan: SkuPlan, waitedFor: WaitedFor, shards: readonly ShardCounters[]): SkuLevels {
  const { sku, backorder } = plan;
  const locations = plan.locations.map(({ location }) => {
    const there = shards.filter((shard) => shard.location === location);
    return { location, ...levelOf(there), shipped: total(there, 'shipped') };
  });
  const levels = { sku, ...levelOf(shards), locations };
  if (waitedFor === undefined && backorder === undefined) return levels;
  const kept = total(shards.filter(isForBackorders), 'available');
  return { ...levels, backorder: { mode: 'none', ...backorder, waiting: waitedFor?.units ?? 0, kept } };
}

function levelOf(shards: readonly ShardCounters[]): StockLevel {
  const safety = total(
    shards.filter(({ shard }) => shard === 'safety'),
    'available',
  );
  const forBackorders = total(shards.filter(isForBackorders), 'available');
  const available = total(shards, 'available') - safety - forBackorders;
  const reserved = total(shards, 'reserved');
  return { onHand: available + reserved + safety + forBackorders, available, reserved, safety };
}

function isForBackorders({ shard }: ShardCounters): boolean {
  return shard === 'backorder';
}

function total(shards: readonly ShardCounters[], column: 'available' | 'reserved' | 'shipped'): number {
  return shards.reduce((sum, shard) => sum + shard[column], 0);
}
