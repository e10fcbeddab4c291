import { availableIn, planWith, type ShardChange } from '../../sharding/index.ts';
import type { Posting, SafetyStock } from './ledger-record.ts';
import { defaultShards, type LocationBooks, maxParts, putOnSale, type SkuBooks, takeUnits } from './location-books.ts';

/** Shards for sale that one transaction can change, as it also changes the shard of the safety stock. */
const maxShards = maxParts - 1;

export interface SafetyDecision {
  /** Undefined when neither stock nor plan changes. */
  readonly posting: Omit<Posting, 'sku'> | undefined;
  /** Units of safety stock after the posting. */
  readonly held: number;
}

/**
 * Moves units for sale into the safety stock until it has the wanted number, as far as there are any, or puts surplus
 * units back on sale.
 */
export function decideSafetyStock(wish: Omit<SafetyStock, 'held'>, books: SkuBooks): SafetyDecision {
  const { location, wanted } = wish;
  const [here] = books.locations;
  if (here === undefined) throw new Error(`the stock at ${location} was not read`);
  const changes = here.safety.available > wanted ? putBackOnSale(here, wanted) : keepBack(here, wanted);
  const kept = changes.find(({ shard }) => shard === 'safety');
  const held = here.safety.available + (kept?.in ?? 0) - (kept?.out ?? 0);
  return { posting: postingOf(wish, changes, books), held };
}

function postingOf(
  { sku, location, wanted }: Omit<SafetyStock, 'held'>,
  changes: readonly ShardChange[],
  { plan }: SkuBooks,
): Omit<Posting, 'sku'> | undefined {
  const base = planWith(plan, sku, location, defaultShards);
  if (base === plan && plan.safety?.[location] === wanted) {
    return changes.length === 0 ? undefined : { changes, plan: { require: plan.revision } };
  }
  const write = { ...base, safety: { ...base.safety, [location]: wanted }, revision: (plan?.revision ?? 0) + 1 };
  return { changes, plan: { write } };
}

function keepBack({ open, safety }: LocationBooks, wanted: number): ShardChange[] {
  const { location, sku, shard, available } = safety;
  const fullest = [...open].sort((a, b) => b.available - a.available).slice(0, maxShards);
  const quantity = Math.min(wanted - available, availableIn(fullest));
  const taken = takeUnits(fullest, quantity, maxShards) ?? [];
  return quantity === 0 ? [] : [...taken, { location, sku, shard, in: quantity, ifAvailable: available }];
}

function putBackOnSale(here: LocationBooks, wanted: number): ShardChange[] {
  const { location, sku, shard, available } = here.safety;
  const quantity = available - wanted;
  const added = putOnSale(here, quantity, location, maxShards);
  return [...added, { location, sku, shard, out: quantity, ifAvailable: available }];
}
