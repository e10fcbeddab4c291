import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import type { Posting, ShardChange } from '../../sharding/commands/stock-table.ts';
import { planWith } from '../../sharding/domain/shard-plan.ts';
import {
  availableIn,
  defaultShards,
  type LocationBooks,
  maxPieces,
  putOnSale,
  type SkuBooks,
  takeUnits,
} from '../domain/location-books.ts';
import type { SafetyStock } from '../domain/stock-books.ts';
import { postUntilDone } from './post-entry.ts';

/** One shard of a transaction is the one that keeps the units. */
const maxShards = maxPieces - 1;

/**
 * Says how many units a location is to keep back, and keeps back what is for sale now; what is missing then stays behind
 * of what comes in. Said again, it keeps back what has become available since.
 */
export async function setSafetyStock(wish: Omit<SafetyStock, 'held'>, around: Surroundings): Promise<SafetyStock> {
  const { sku, location, wanted } = wish;
  let held = 0;
  const result = await postUntilDone(sku, [location], undefined, around, (books) => {
    const [there] = books.locations;
    if (there === undefined) throw new Error(`nothing was read of ${location}`);
    const changes = there.safety.available > wanted ? giveBack(there, wanted) : keepBack(there, wanted);
    const kept = changes.find(({ shard }) => shard === 'safety');
    held = there.safety.available + (kept?.in ?? 0) - (kept?.out ?? 0);
    return decide(wish, changes, books);
  });
  if (isRefusal(result) || 'before' in result) throw new Error(`SKU ${sku}: what keeps units back has no id`);
  return { ...wish, held };
}

function decide(
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
