import type { CannotTake, LedgerRecord, Move, Posting } from './ledger-record.ts';
import { cannotTake, maxParts, planToWrite, putUnits, type SkuBooks, takeUnits } from './location-books.ts';

/** At the other end the units need a shard, and one more where some are kept back. */
const maxTaken = maxParts - 2;

/** Books units that are for sale from one location to another, all at once: they are never at both or at neither. */
export function decideMove(
  { moveId, to, quantity }: Move,
  record: LedgerRecord,
  books: SkuBooks,
): Omit<Posting, 'sku'> | CannotTake {
  const [source, target] = books.locations;
  if (source === undefined || target === undefined) throw new Error(`nothing was read of ${to}`);
  const taken = takeUnits(source.open, quantity, maxTaken);
  if (taken === undefined) {
    return cannotTake(source, quantity, (most) => ({ path: 'quantity', message: `must be at most ${most}` }));
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
