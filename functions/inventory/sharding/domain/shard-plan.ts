import type { Instant } from '../../../shared/kernel/time.ts';

/** Most shards of one SKU at one location: enough for a flash sale. The least is one. */
export const maxShards = 512;

export interface LocationPlan {
  readonly location: string;
  readonly shards: number;
  /**
   * The most shards that the location ever had, if more than now: closed shards keep their reserved units until those
   * leave.
   */
  readonly mostShards?: number;
  /**
   * While the location shrinks: the number of shards that stay open. Those from this number on are being closed, and no
   * other process may open them.
   */
  readonly closingTo?: number;
  /** Rank among the SKU's locations: the lower, the sooner an order is served from here. */
  readonly priority: number;
}

/**
 * The shards in which the units of a SKU are counted. A cached plan may be outdated: it may lack new shards and name
 * closed ones, from which no debit succeeds.
 */
export interface SkuPlan {
  readonly sku: string;
  readonly locations: readonly LocationPlan[];
  /** How reservations are made. `T`: one transaction. `J`: journaled debits, for a SKU in high demand. */
  readonly path: 'T' | 'J';
  /** Grows by one with every change. A change is written only over the revision on which it was decided. */
  readonly revision: number;
  /** False when one order's units of the SKU must come from one location. Absent: true. */
  readonly splitLines?: boolean;
  /** Units to keep back from sale, by location. */
  readonly safety?: Readonly<Record<string, number>>;
  /** When shards or path last changed. */
  readonly changedAt?: Instant;
  /** A prepared sale: buyers per second at its peak, and until when its shards are kept. */
  readonly expectedPeakPerSecond?: number;
  readonly keepUntil?: Instant;
  /** The stock is low at or below this number of units for sale. Absent: it is never low. */
  readonly lowAt?: number;
  /** How orders for more units than are for sale wait for a receipt. Absent: they are refused. */
  readonly backorder?: Backorder;
}

/**
 * How orders wait for units. The modes differ only in what customers are shown: `preorder` is for a SKU that was never
 * sold yet.
 */
export interface Backorder {
  readonly mode: 'backorder' | 'preorder';
  /** Most units that may be waited for at a time, over all orders. */
  readonly limit?: number;
}

/**
 * Whether the SKU's shards need regular rebalancing. A plan that changed counts as hot until it has been quiet for a
 * while: a worker that was frozen during the change may still leave a debit in a journal, and no other process would
 * find it.
 */
export function isHot({ locations, path, changedAt, keepUntil, expectedPeakPerSecond }: SkuPlan): boolean {
  const prepared = keepUntil !== undefined && expectedPeakPerSecond !== undefined;
  return path === 'J' || changedAt !== undefined || prepared || locations.some(({ shards }) => shards > 1);
}

/** Units that no sale takes: safety stock, or units reserved for orders that wait for a receipt. */
export type WithheldShard = 'safety' | 'backorder';

/** Identifies a shard: part `shard` (from 0) of the units of a SKU at a location, or the withheld ones there. */
export interface ShardId {
  readonly location: string;
  readonly sku: string;
  readonly shard: number | WithheldShard;
}

/** A text that is unique to the shard: `#` occurs in no location and no SKU. */
export function shardName({ location, sku, shard }: ShardId): string {
  return `${location}#${sku}#${shard}`;
}

/** The names of a location's shards of a SKU, from shard 0 on. */
export function shardNames(sku: string, { location, shards }: Pick<LocationPlan, 'location' | 'shards'>): string[] {
  return Array.from({ length: shards }, (_, shard) => shardName({ location, sku, shard }));
}

/**
 * The plan with at least `shards` shards at the location; the same object when it has them already. A location that is
 * new to the SKU ranks after the known ones.
 *
 * @throws RangeError for a count that is not from 1 to {@link maxShards}.
 */
export function planWith(plan: SkuPlan | undefined, sku: string, location: string, shards: number): SkuPlan {
  if (!Number.isInteger(shards) || shards < 1 || shards > maxShards) {
    throw new RangeError(`${shards} shards: must be from 1 to ${maxShards}`);
  }
  const base: SkuPlan = plan ?? { sku, locations: [], path: 'T', revision: 0 };
  const known = base.locations.find((each) => each.location === location);
  if (known !== undefined && known.shards >= shards) return base;
  const { closingTo: _over, ...open } = known ?? { location, priority: base.locations.length };
  const changed: LocationPlan = { ...open, shards };
  const others = base.locations.filter((each) => each !== known);
  const locations = [...others, changed].sort((a, b) => a.priority - b.priority);
  return { ...base, locations, revision: base.revision + 1 };
}

/** The shard at a location whose units are reserved for backorders. No sale takes units from it. */
export const backorderShard = (location: string, sku: string): ShardId => ({ location, sku, shard: 'backorder' });

/** The shards of a location that are to be open: all except those that are being closed. */
export function openShardsOf(sku: string, { location, shards, closingTo = shards }: LocationPlan): ShardId[] {
  return Array.from({ length: closingTo }, (_, shard) => ({ location, sku, shard }));
}

/** The shards of all locations, those that are being closed included. */
export function shardsOf(plan: SkuPlan): ShardId[] {
  return plan.locations.flatMap(({ location, shards }) =>
    Array.from({ length: shards }, (_, shard) => ({ location, sku: plan.sku, shard })),
  );
}

/** The shards that the SKU has or ever had: closed ones too. */
export function allShardsOf(plan: SkuPlan): ShardId[] {
  return plan.locations.flatMap(({ location, shards, mostShards = shards }) =>
    Array.from({ length: Math.max(shards, mostShards) }, (_, shard) => ({ location, sku: plan.sku, shard })),
  );
}
