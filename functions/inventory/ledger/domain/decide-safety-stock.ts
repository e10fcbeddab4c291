import { availableIn, planWith, type ShardChange } from '../../sharding/index.ts';
import type { Posting, SafetyStock } from './ledger-record.ts';
import { defaultShards, type LocationBooks, maxParts, putOnSale, type SkuBooks, takeUnits } from './location-books.ts';

/** One shard of a transaction is the one that keeps the units. */
const maxShards = maxParts - 1;

export interface SafetyDecision {
  /** Undefined when there is nothing to do. */
  readonly posting: Omit<Posting, 'sku'> | undefined;
  readonly held: number;
}

/** Keeps back what is for sale now, as far as it is wanted, or puts the units beyond that back on sale. */
export function decideSafetyStock(wish: Omit<SafetyStock, 'held'>, books: SkuBooks): SafetyDecision {
  const { location, wanted } = wish;
  const [there] = books.locations;
  if (there === undefined) throw new Error(`nothing was read of ${location}`);
  const changes = there.safety.available > wanted ? giveBack(there, wanted) : keepBack(there, wanted);
  const kept = changes.find(({ shard }) => shard === 'safety');
  const held = there.safety.available + (kept?.in ?? 0) - (kept?.out ?? 0);
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

function giveBack(there: LocationBooks, wanted: number): ShardChange[] {
  const { location, sku, shard, available } = there.safety;
  const quantity = available - wanted;
  const sold = putOnSale(there, quantity, location, maxShards);
  return [...sold, { location, sku, shard, out: quantity, ifAvailable: available }];
}
