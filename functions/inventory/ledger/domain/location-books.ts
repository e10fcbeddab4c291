import { type FieldError, type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import {
  availableIn,
  maxTransactionActions,
  planWith,
  type ShardChange,
  type ShardCounters,
  type ShardId,
  type SkuPlan,
  spreadUnits,
  textHash,
  type WithheldShard,
} from '../../sharding/index.ts';
import type { CannotTake } from './ledger-record.ts';

/** A SKU that was not prepared starts cold: one shard at each location, four write units a sale. */
export const defaultShards = 1;
/** Beside the shards a transaction may write a record and the plan. */
export const maxParts = maxTransactionActions - 2;

/** What lies at one location, shard by shard, as of now. */
export interface LocationBooks {
  readonly location: string;
  /** Shards that sales take from and goods go into. */
  readonly open: readonly ShardCounters[];
  /** Every shard that can have units: closed and withheld ones too. */
  readonly all: readonly ShardCounters[];
  /** Units kept back for safety, and how many there are to be. */
  readonly safety: ShardCounters;
  readonly safetyWanted: number;
}

export interface SkuBooks {
  readonly sku: string;
  readonly plan: SkuPlan | undefined;
  /** In the order in which they were asked for. */
  readonly locations: readonly LocationBooks[];
}

const withheld: readonly WithheldShard[] = ['safety', 'backorder'];

/** Every shard at a location that can have units: closed and withheld ones too. */
export function bookedShards(plan: SkuPlan | undefined, sku: string, location: string): ShardId[] {
  const known = plan?.locations.find((each) => each.location === location);
  const { shards = defaultShards, mostShards = shards } = known ?? {};
  const numbered = Array.from({ length: Math.max(shards, mostShards) }, (_, shard) => ({ location, sku, shard }));
  return [...numbered, ...withheld.map((shard) => ({ location, sku, shard }))];
}

/** @param shards those of {@link bookedShards}, as they were read. */
export function booksAt(plan: SkuPlan | undefined, location: string, shards: readonly ShardCounters[]): LocationBooks {
  const all = shards.filter((shard) => shard.location === location);
  const safety = all.find(({ shard }) => shard === 'safety');
  if (safety === undefined) throw new Error(`the shard for safety stock at ${location} was not read`);
  const count = plan?.locations.find((each) => each.location === location)?.shards ?? defaultShards;
  const open = all.filter(
    ({ shard, closedTo }) => typeof shard === 'number' && shard < count && closedTo === undefined,
  );
  return { location, open, all, safety, safetyWanted: plan?.safety?.[location] ?? 0 };
}

/** Units for sale, reserved or kept back: what lies in the building. */
export function onHandIn(shards: readonly ShardCounters[]): number {
  return shards.reduce((sum, { available, reserved }) => sum + available + reserved, 0);
}

/**
 * Takes units that are for sale, from the fullest shards.
 *
 * @returns undefined when they are not in so few shards.
 */
export function takeUnits(open: readonly ShardCounters[], quantity: number, most: number): ShardChange[] | undefined {
  const fullest = [...open].sort((a, b) => b.available - a.available).slice(0, most);
  const changes: ShardChange[] = [];
  let left = quantity;
  for (const { location, sku, shard, available } of fullest) {
    const out = Math.min(left, available);
    if (out > 0) changes.push({ location, sku, shard, out });
    left -= out;
  }
  return left === 0 ? changes : undefined;
}

/** Puts units in: first those that are to be kept back and are missing, the others on sale. */
export function putUnits(books: LocationBooks, quantity: number, id: string, most: number): ShardChange[] {
  const kept = keptBack(books, quantity);
  return [...(kept ? [kept] : []), ...putOnSale(books, quantity - (kept?.in ?? 0), id, most - (kept ? 1 : 0))];
}

/** What of units that come in is to be kept back. */
export function keptBack(
  { safety, safetyWanted }: LocationBooks,
  quantity: number,
): (ShardChange & { in: number }) | undefined {
  const { location, sku, shard, available } = safety;
  const missing = Math.min(quantity, Math.max(0, safetyWanted - available));
  return missing === 0 ? undefined : { location, sku, shard, in: missing, ifAvailable: available };
}

/** @param id of the entry that brings the units in: different ids begin at different shards. */
export function putOnSale(
  { open, location }: LocationBooks,
  quantity: number,
  id: string,
  most: number,
): ShardChange[] {
  if (quantity === 0) return [];
  if (open.length === 0) throw new Error(`no shard at ${location} is open`);
  return spreadUnits(quantity, open.length, textHash(id) % open.length, most).map((part) => {
    const { sku, shard } = open[part.shard] as ShardCounters;
    return { location, sku, shard, in: part.quantity };
  });
}

/** The plan to write when a location is new to the SKU; undefined when it is not. */
export function planToWrite({ plan, sku }: SkuBooks, location: string): { readonly write: SkuPlan } | undefined {
  const after = planWith(plan, sku, location, defaultShards);
  return after === plan ? undefined : { write: after };
}

/**
 * Why units cannot be taken.
 *
 * @param limit the field that asked for too many, and what it may be.
 */
export function cannotTake(
  { location, open, safety }: LocationBooks,
  quantity: number,
  limit: (available: number) => FieldError,
): CannotTake {
  const available = availableIn(open);
  if (available >= quantity) return tooSpread(location, open.length);
  const kept = safety.available > 0 ? `; ${safety.available} more are kept back for safety` : '';
  return refuse(
    'NOT_ENOUGH_AVAILABLE',
    `${quantity} units are to leave ${location} and ${available} are available there${kept}.`,
    [limit(available)],
  );
}

export function tooSpread(location: string, shards: number): Refusal<'STOCK_TOO_SPREAD'> {
  return refuse('STOCK_TOO_SPREAD', `The units lie in ${shards} shards at ${location}, more than one change reaches.`);
}
