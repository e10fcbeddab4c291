import type { Instant } from '../../../shared/kernel/time.ts';

/** Shards of one SKU at one location. The ceiling is that of a flash sale; a location may have one shard as well. */
export const maxShards = 512;

export interface LocationPlan {
  readonly location: string;
  readonly shards: number;
  /** The most shards it ever had, when that is more: closed ones keep what is reserved there until it leaves. */
  readonly mostShards?: number;
  /** While it shrinks: to so many. The shards from there on are being closed; nothing else may open them. */
  readonly closingTo?: number;
  /** The lower, the sooner an order is served from here. */
  readonly priority: number;
}

/** Where the units of a SKU are counted. A cached plan may lack shards; it never has too many. */
export interface SkuPlan {
  readonly sku: string;
  readonly locations: readonly LocationPlan[];
  /** How reservations are made. `T`: one transaction. `J`: journaled debits, for a SKU that many want at once. */
  readonly path: 'T' | 'J';
  /** Grows with every change; a change is made to the revision it was decided on. */
  readonly revision: number;
  /** False when one order's units of the SKU must come from one location; true where nothing is said. */
  readonly splitLines?: boolean;
  /** Units that are to be kept back from sale, by location. */
  readonly safety?: Readonly<Record<string, number>>;
  /** When shards or path were last changed. */
  readonly changedAt?: Instant;
  /** A sale that staff prepared: buyers a second, and how long shards are kept for them. */
  readonly expectedPeakPerSecond?: number;
  readonly keepUntil?: Instant;
  /** At or below so many units for sale the stock is low; nothing is low where nothing is said. */
  readonly lowAt?: number;
  /** Orders for more than there is are taken and wait for a receipt. Without it they are refused. */
  readonly backorder?: Backorder;
}

/** How orders wait for units. The two differ in what customers are told: `preorder` is for what was never sold yet. */
export interface Backorder {
  readonly mode: 'backorder' | 'preorder';
  /** Units that may be waited for at a time, over all orders. */
  readonly limit?: number;
}

/**
 * Whether the SKU's shards need regular rebalancing. A plan that changed counts as hot until it has been quiet for a
 * while: a worker that stood still meanwhile may leave a debit in a journal that no other process would look at.
 */
export function isHot({ locations, path, changedAt, keepUntil, expectedPeakPerSecond }: SkuPlan): boolean {
  const prepared = keepUntil !== undefined && expectedPeakPerSecond !== undefined;
  return path === 'J' || changedAt !== undefined || prepared || locations.some(({ shards }) => shards > 1);
}

/** Units that no sale looks at: kept back for safety, or for orders that wait for a receipt. */
export type WithheldShard = 'safety' | 'backorder';

/** Names one shard: the units of a SKU at a location, part `shard` of them (from 0), or withheld ones. */
export interface ShardId {
  readonly location: string;
  readonly sku: string;
  readonly shard: number | WithheldShard;
}

/** A text of its own for every shard: `#` occurs in no location and no SKU. */
export function shardName({ location, sku, shard }: ShardId): string {
  return `${location}#${sku}#${shard}`;
}

/** The names of a location's shards of a SKU, from shard 0 on. */
export function shardNames(sku: string, { location, shards }: Pick<LocationPlan, 'location' | 'shards'>): string[] {
  return Array.from({ length: shards }, (_, shard) => shardName({ location, sku, shard }));
}

/**
 * The plan with at least `shards` shards at the location; the very same object when it has them already. A location
 * that is new to the SKU comes after the known ones.
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

/** The shard at a location whose units are reserved for backorders. No sale looks there. */
export const backorderShard = (location: string, sku: string): ShardId => ({ location, sku, shard: 'backorder' });

/** The shards of a location that are to be open: all that it has, but for those that it is closing. */
export function openShardsOf(sku: string, { location, shards, closingTo = shards }: LocationPlan): ShardId[] {
  return Array.from({ length: closingTo }, (_, shard) => ({ location, sku, shard }));
}

export function shardsOf(plan: SkuPlan): ShardId[] {
  return plan.locations.flatMap(({ location, shards }) =>
    Array.from({ length: shards }, (_, shard) => ({ location, sku: plan.sku, shard })),
  );
}

/** Closed shards included. */
export function allShardsOf(plan: SkuPlan): ShardId[] {
  return plan.locations.flatMap(({ location, shards, mostShards = shards }) =>
    Array.from({ length: Math.max(shards, mostShards) }, (_, shard) => ({ location, sku: plan.sku, shard })),
  );
}
