import { availableIn, type ShardChange, type ShardId, shardName } from '../../sharding/index.ts';
import type { CannotTake, Count, LedgerRecord, Posting } from './ledger-record.ts';
import {
  cannotTake,
  type LocationBooks,
  maxParts,
  onHandIn,
  planToWrite,
  putUnits,
  type SkuBooks,
  takeUnits,
  tooSpread,
  withheldUnits,
} from './location-books.ts';

/** The count with the change of the booked number, and the shortage when fewer units were found than are reserved. */
export function comparedWith(count: Omit<Count, 'delta' | 'shortage'>, { locations }: SkuBooks): Count {
  const [here] = locations;
  if (here === undefined) throw new Error(`the stock at ${count.location} was not read`);
  const delta = count.counted - onHandIn(here.all);
  const shortage = -delta - availableIn([...here.open, ...withheldUnits(here)]);
  if (shortage <= 0 || count.acceptShortage !== true) return { ...count, delta };
  return { ...count, delta: delta + shortage, shortage };
}

/**
 * Changes the stock of a location to the counted number: units for sale change first, then withheld ones. The write
 * demands that no unit came in or left since the read that `delta` was computed from; otherwise the caller decides again.
 * Reservations do not matter, because the units stay on hand; but the units of a shortage must still be reserved.
 */
export function decideCount(count: Count, books: SkuBooks): Omit<Posting, 'sku'> | CannotTake {
  const { countId, location, delta } = count;
  const [here] = books.locations;
  if (here === undefined) throw new Error(`the stock at ${location} was not read`);
  if (here.all.length > maxParts) return tooSpread(location, here.all.length);
  const kept = withheldUnits(here);
  const changes = delta < 0 ? takeUnits(here.open, -delta, maxParts, kept) : putUnits(here, delta, countId, maxParts);
  if (changes === undefined) {
    const least = (available: number) => count.counted - delta - available;
    const limit = (most: number) => ({ path: 'counted', message: `must be at least ${least(most)}` });
    return cannotTake(here, -delta, limit, kept);
  }
  const plan = (delta > 0 ? planToWrite(books, location) : undefined) ?? { require: books.plan?.revision ?? 0 };
  return { record: countRecord(count), changes: withChecks(here, changes), plan };
}

/**
 * Adds the condition that no shard of the location has changed since it was read, including shards without a change.
 */
function withChecks(here: LocationBooks, changes: readonly ShardChange[]): ShardChange[] {
  const byName = new Map(changes.map((change) => [shardName(change), change]));
  return here.all.map((seen) => {
    const { location, sku, shard } = seen satisfies ShardId;
    return { location, sku, shard, ...byName.get(shardName(seen)), ifUntouched: seen };
  });
}

function countRecord({ countId, sku, at, location, counted, delta, shortage }: Count): LedgerRecord {
  const body = { location, counted, delta, ...(shortage !== undefined && { shortage }) };
  return { kind: 'count', id: countId, sku, at, body };
}

export function countFrom({ id, sku, at, body }: LedgerRecord): Count {
  return { countId: id, sku, at, ...(body as Pick<Count, 'location' | 'counted' | 'delta' | 'shortage'>) };
}
