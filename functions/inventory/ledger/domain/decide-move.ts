import type { CannotTake, LedgerRecord, Move, Posting } from './ledger-record.ts';
import { cannotTake, maxParts, planToWrite, putUnits, type SkuBooks, takeUnits } from './location-books.ts';

/** Most shards that the units leave: the target needs one shard for sale and may need the one for safety stock. */
const maxTaken = maxParts - 2;

/**
 * Books units that are for sale, and then units of the safety stock, from one location to another in one transaction, so that
 * they are never at both or at neither.
 *
 * @param books of the source and the target, in this order.
 */
export function decideMove(
  { moveId, to, quantity }: Move,
  record: LedgerRecord,
  books: SkuBooks,
): Omit<Posting, 'sku'> | CannotTake {
  const [source, target] = books.locations;
  if (source === undefined || target === undefined) throw new Error(`the stock at ${to} was not read`);
  const kept = [source.safety];
  const taken = takeUnits(source.open, quantity, maxTaken, kept);
  if (taken === undefined) {
    return cannotTake(
      source,
      quantity,
      (most) => ({
        path: 'quantity',
        message: most === 0 ? 'no units can be moved from there' : `must be at most ${most}`,
      }),
      kept,
    );
  }
  const put = putUnits(target, quantity, moveId, maxParts - taken.length);
  return { record, changes: [...taken, ...put], plan: planToWrite(books, to) };
}

export function moveRecord({ moveId, sku, at, from, to, quantity }: Move): LedgerRecord {
  return { kind: 'move', id: moveId, sku, at, body: { from, to, quantity } };
}

export function moveFrom({ id, sku, at, body }: LedgerRecord): Move {
  return { moveId: id, sku, at, ...(body as Pick<Move, 'from' | 'to' | 'quantity'>) };
}
