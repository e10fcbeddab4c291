import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import {
  type LedgerKind,
  type LedgerRecord,
  maxTransactionActions,
  type ShardChange,
  type ShardCounters,
} from '../../sharding/commands/stock-table.ts';
import {
  planWith,
  type ShardId,
  type SkuPlan,
  spreadUnits,
  type WithheldShard,
} from '../../sharding/domain/shard-plan.ts';
import { textHash } from '../../sharding/domain/text-hash.ts';

/** A SKU that nobody planned for starts cold: one shard at each location, four write units a sale. */
export const defaultShards = 1;
/** Beside the shards a transaction may write a record and the plan. */
export const maxPieces = maxTransactionActions - 2;

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
  readonly record: LedgerRecord | undefined;
  /** In the order in which they were asked for. */
  readonly locations: readonly LocationBooks[];
}

const withheld: readonly WithheldShard[] = ['safety', 'backorder'];

/** Reads plan and record first, then the shards: a plan that is read later might know shards that were not looked at. */
export async function readBooks(
  sku: string,
  locations: readonly string[],
  entry: { readonly kind: LedgerKind; readonly id: string } | undefined,
  { table }: Surroundings,
): Promise<SkuBooks> {
  const found = await table.read({ skus: [sku], ...(entry && { record: entry }) }, 'latest');
  const plan = found.plans.get(sku);
  const asked = locations.flatMap((location) => shardsAt(plan, sku, location));
  const { shards } = await table.read({ shards: asked }, 'latest');
  return {
    sku,
    plan,
    record: found.record,
    locations: locations.map((location) => booksAt(plan, location, shards)),
  };
}

function shardsAt(plan: SkuPlan | undefined, sku: string, location: string): ShardId[] {
  const known = plan?.locations.find((each) => each.location === location);
  const { shards = defaultShards, mostShards = shards } = known ?? {};
  const numbered = Array.from({ length: Math.max(shards, mostShards) }, (_, shard) => ({ location, sku, shard }));
  return [...numbered, ...withheld.map((shard) => ({ location, sku, shard }))];
}

function booksAt(plan: SkuPlan | undefined, location: string, shards: readonly ShardCounters[]): LocationBooks {
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

export function availableIn(shards: readonly ShardCounters[]): number {
  return shards.reduce((sum, { available }) => sum + available, 0);
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

/** @param id whatever brings the units in: different ids begin at different shards. */
export function putOnSale(
  { open, location }: LocationBooks,
  quantity: number,
  id: string,
  most: number,
): ShardChange[] {
  if (quantity === 0) return [];
  if (open.length === 0) throw new Error(`no shard at ${location} is open`);
  return spreadUnits(quantity, open.length, textHash(id) % open.length, most).map((piece) => {
    const { sku, shard } = open[piece.shard] as ShardCounters;
    return { location, sku, shard, in: piece.quantity };
  });
}

/** The plan to write when a location is new to the SKU; undefined when it is not. */
export function planToWrite({ plan, sku }: SkuBooks, location: string): { readonly write: SkuPlan } | undefined {
  const after = planWith(plan, sku, location, defaultShards);
  return after === plan ? undefined : { write: after };
}
