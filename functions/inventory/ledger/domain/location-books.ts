import { counted, isOrAre } from '../../../shared/kernel/counted.ts';
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

/** Shards per location of a SKU that was not prepared for a sale: a sale of such a SKU takes four write units. */
export const defaultShards = 1;
/** Shards that one transaction can change, as it may also write a record and the plan. */
export const maxParts = maxTransactionActions - 2;

/** The stock of a SKU at one location by shard, from a strongly consistent read. */
export interface LocationBooks {
  readonly location: string;
  /** Shards that sales take units from and receipts put units into. */
  readonly open: readonly ShardCounters[];
  /** Every shard that can have units, including closed and withheld shards. */
  readonly all: readonly ShardCounters[];
  /** The shard of the safety stock. */
  readonly safety: ShardCounters;
  /** Units that the plan wants in it. */
  readonly safetyWanted: number;
}

export interface SkuBooks {
  readonly sku: string;
  readonly plan: SkuPlan | undefined;
  /** In the order of the request. */
  readonly locations: readonly LocationBooks[];
}

const withheld: readonly WithheldShard[] = ['safety', 'backorder'];

/** Every shard at a location that can have units, including closed and withheld shards. */
export function bookedShards(plan: SkuPlan | undefined, sku: string, location: string): ShardId[] {
  const known = plan?.locations.find((each) => each.location === location);
  const { shards = defaultShards, mostShards = shards } = known ?? {};
  const numbered = Array.from({ length: Math.max(shards, mostShards) }, (_, shard) => ({ location, sku, shard }));
  return [...numbered, ...withheld.map((shard) => ({ location, sku, shard }))];
}

/**
 * @param shards counters of the shards of {@link bookedShards}.
 * @throws Error when the shard of the safety stock is missing.
 */
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

/** Units on hand: for sale, reserved or withheld. */
export function onHandIn(shards: readonly ShardCounters[]): number {
  return shards.reduce((sum, { available, reserved }) => sum + available + reserved, 0);
}

/**
 * Takes units that are for sale from the shards with the most units, and then withheld ones.
 *
 * @param most shards to take from.
 * @param kept shards of withheld units, in the order in which they are used.
 * @returns undefined when these shards have too few units.
 */
export function takeUnits(
  open: readonly ShardCounters[],
  quantity: number,
  most: number,
  kept: readonly ShardCounters[] = [],
): ShardChange[] | undefined {
  const withUnits = kept.filter(({ available }) => available > 0);
  const onSale = [...open].sort((a, b) => b.available - a.available).slice(0, most - withUnits.length);
  const changes: ShardChange[] = [];
  let left = quantity;
  for (const { location, sku, shard, available } of [...onSale, ...withUnits]) {
    const out = Math.min(left, available);
    if (out > 0) changes.push({ location, sku, shard, out });
    left -= out;
  }
  return left === 0 ? changes : undefined;
}

/**
 * The withheld units of a location that may leave when too few are for sale: the safety stock, and then the units that
 * are reserved for backorders. Their orders wait for the next receipt.
 */
export function withheldUnits({ safety, all }: LocationBooks): ShardCounters[] {
  return [safety, ...all.filter(({ shard }) => shard === 'backorder')];
}

/** Adds units at a location: first to the safety stock as far as units are missing there, the others for sale. */
export function putUnits(books: LocationBooks, quantity: number, id: string, most: number): ShardChange[] {
  const kept = keptBack(books, quantity);
  return [...(kept ? [kept] : []), ...putOnSale(books, quantity - (kept?.in ?? 0), id, most - (kept ? 1 : 0))];
}

/** The change that adds arriving units to the safety stock; undefined when no units are missing there. */
function keptBack(
  { safety, safetyWanted }: LocationBooks,
  quantity: number,
): (ShardChange & { in: number }) | undefined {
  const { location, sku, shard, available } = safety;
  const missing = Math.min(quantity, Math.max(0, safetyWanted - available));
  return missing === 0 ? undefined : { location, sku, shard, in: missing, ifAvailable: available };
}

/**
 * Adds units for sale, spread over the open shards of a location.
 *
 * @param id of the entry that adds the units; different ids start at different shards.
 * @param most shards to add to.
 * @throws Error when no shard of the location is open.
 */
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

/** The plan to write when the SKU's plan lacks the location; undefined when it has it. */
export function planToWrite({ plan, sku }: SkuBooks, location: string): { readonly write: SkuPlan } | undefined {
  const after = planWith(plan, sku, location, defaultShards);
  return after === plan ? undefined : { write: after };
}

/**
 * The refusal of a request for units that {@link takeUnits} could not take.
 *
 * @param limit names the wrong field and its limit, given the units that may leave.
 * @param kept shards of withheld units that may leave.
 */
export function cannotTake(
  { location, open, all }: LocationBooks,
  quantity: number,
  limit: (available: number) => FieldError,
  kept: readonly ShardCounters[],
): CannotTake {
  const available = availableIn([...open, ...kept]);
  if (available >= quantity) return tooSpread(location, open.length + kept.length);
  const reserved = all.reduce((sum, shard) => sum + shard.reserved, 0);
  const asked = `${counted(quantity, 'unit')} ${isOrAre(quantity)} to leave ${location} and ${available} may leave`;
  const detail = `${asked}; ${reserved} ${isOrAre(reserved)} reserved for orders.`;
  return refuse('NOT_ENOUGH_AVAILABLE', detail, [limit(available)]);
}

export function tooSpread(location: string, shards: number): Refusal<'STOCK_TOO_SPREAD'> {
  return refuse(
    'STOCK_TOO_SPREAD',
    `The units are in ${shards} shards at ${location}, more than one transaction can change.`,
  );
}
