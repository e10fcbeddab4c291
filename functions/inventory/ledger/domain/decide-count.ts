import { type ShardChange, type ShardId, shardName } from '../../sharding/index.ts';
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
} from './location-books.ts';

/** By how much the books of a location are wrong. */
export function deltaOf({ location, counted }: Pick<Count, 'location' | 'counted'>, { locations }: SkuBooks): number {
  const [there] = locations;
  if (there === undefined) throw new Error(`nothing was read of ${location}`);
  return counted - onHandIn(there.all);
}

/**
 * Makes the books of a location say what was counted there. The difference is taken at the very moment of the write:
 * units that come in or leave between read and write cause a new decision. Sales may go on, they move nothing.
 */
export function decideCount(count: Count, books: SkuBooks): Omit<Posting, 'sku'> | CannotTake {
  const { countId, location, delta } = count;
  const [there] = books.locations;
  if (there === undefined) throw new Error(`nothing was read of ${location}`);
  if (there.all.length > maxParts) return tooSpread(location, there.all.length);
  const changes = delta < 0 ? takeUnits(there.open, -delta, maxParts) : putUnits(there, delta, countId, maxParts);
  if (changes === undefined) {
    const least = (available: number) => count.counted - delta - available;
    return cannotTake(there, -delta, (most) => ({ path: 'counted', message: `must be at least ${least(most)}` }));
  }
  const plan = (delta > 0 ? planToWrite(books, location) : undefined) ?? { require: books.plan?.revision ?? 0 };
  return { record: countRecord(count), changes: withChecks(there, changes), plan };
}

/** Every shard of the location must be as it was seen, those that change and those that do not. */
function withChecks(there: LocationBooks, changes: readonly ShardChange[]): ShardChange[] {
  const byName = new Map(changes.map((change) => [shardName(change), change]));
  return there.all.map((seen) => {
    const { location, sku, shard } = seen satisfies ShardId;
    return { location, sku, shard, ...byName.get(shardName(seen)), ifUntouched: seen };
  });
}

function countRecord({ countId, sku, at, location, counted, delta }: Count): LedgerRecord {
  return { kind: 'count', id: countId, sku, at, body: { location, counted, delta } };
}

export function countFrom({ id, sku, at, body }: LedgerRecord): Count {
  return { countId: id, sku, at, ...(body as Pick<Count, 'location' | 'counted' | 'delta'>) };
}
