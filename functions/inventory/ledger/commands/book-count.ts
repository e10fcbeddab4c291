import { isRefusal, type Refusal } from '../../../shared/kernel/refusal.ts';
import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import type { LedgerRecord, Posting, ShardChange } from '../../sharding/commands/stock-table.ts';
import { type ShardId, shardName } from '../../sharding/domain/shard-plan.ts';
import {
  type LocationBooks,
  maxPieces,
  onHandIn,
  planToWrite,
  putUnits,
  type SkuBooks,
  takeUnits,
} from '../domain/location-books.ts';
import type { Count } from '../domain/stock-books.ts';
import { answerRepetition, cannotTake, postUntilDone, tooSpread } from './post-entry.ts';

type Refused = Refusal<'NOT_ENOUGH_AVAILABLE' | 'STOCK_TOO_SPREAD'>;

/**
 * Makes the books of a location say what was counted there. The difference is taken at the very moment of the write:
 * whatever comes in or leaves between look and write makes it look again. Sales may go on, they move nothing.
 */
export async function countStock(
  count: Omit<Count, 'delta'>,
  around: Surroundings,
): Promise<Count | Refusal<'LEDGER_ID_REUSED'> | Refused> {
  const { sku, location, counted } = count;
  let decided: Count = { ...count, delta: 0 };
  const entry = { kind: 'count', id: count.countId } as const;
  const result = await postUntilDone(sku, [location], entry, around, (books) => {
    const [there] = books.locations;
    if (there === undefined) throw new Error(`nothing was read of ${location}`);
    decided = { ...count, delta: counted - onHandIn(there.all) };
    return decide(decided, there, books);
  });
  if (isRefusal(result)) return result;
  if ('done' in result) return decided;
  const before = countFrom(result.before);
  return answerRepetition({ ...count, delta: before.delta }, before, ['sku', 'location', 'counted'], 'countId');
}

function decide(count: Count, there: LocationBooks, books: SkuBooks): Omit<Posting, 'sku'> | Refused {
  const { countId, location, delta } = count;
  if (there.all.length > maxPieces) return tooSpread(location, there.all.length);
  const changes = delta < 0 ? takeUnits(there.open, -delta, maxPieces) : putUnits(there, delta, countId, maxPieces);
  if (changes === undefined) {
    const least = (available: number) => count.counted - delta - available;
    return cannotTake(there, -delta, (most) => ({ path: 'counted', message: `must be at least ${least(most)}` }));
  }
  const plan = (delta > 0 ? planToWrite(books, location) : undefined) ?? { require: books.plan?.revision ?? 0 };
  return { record: recordOf(count), changes: withChecks(there, changes), plan };
}

/** Every shard of the location must be as it was seen, those that change and those that do not. */
function withChecks(there: LocationBooks, changes: readonly ShardChange[]): ShardChange[] {
  const byName = new Map(changes.map((change) => [shardName(change), change]));
  return there.all.map((seen) => {
    const { location, sku, shard } = seen satisfies ShardId;
    return { location, sku, shard, ...byName.get(shardName(seen)), ifUntouched: seen };
  });
}

function recordOf({ countId, sku, at, location, counted, delta }: Count): LedgerRecord {
  return { kind: 'count', id: countId, sku, at, body: { location, counted, delta } };
}

function countFrom({ id, sku, at, body }: LedgerRecord): Count {
  return { countId: id, sku, at, ...(body as Pick<Count, 'location' | 'counted' | 'delta'>) };
}
