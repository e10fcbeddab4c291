import { isRefusal, type Refusal } from '../../../shared/kernel/refusal.ts';
import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import type { LedgerRecord, Posting } from '../../sharding/commands/stock-table.ts';
import { maxPieces, planToWrite, putUnits, type SkuBooks, takeUnits } from '../domain/location-books.ts';
import type { Move } from '../domain/stock-books.ts';
import { answerRepetition, cannotTake, postUntilDone } from './post-entry.ts';

type Refused = Refusal<'NOT_ENOUGH_AVAILABLE' | 'STOCK_TOO_SPREAD'>;

/** At the other end the units need a shard, and one more where some are kept back. */
const maxTaken = maxPieces - 2;

/** Books units that are for sale from one location to another, all at once: they are never at both or at neither. */
export async function moveStock(
  move: Move,
  around: Surroundings,
): Promise<Move | Refusal<'LEDGER_ID_REUSED'> | Refused> {
  const { moveId, sku, at, from, to, quantity } = move;
  const record: LedgerRecord = { kind: 'move', id: moveId, sku, at, body: { from, to, quantity } };
  const result = await postUntilDone(sku, [from, to], record, around, (books) => decide(move, record, books));
  if (isRefusal(result)) return result;
  if ('done' in result) return move;
  return answerRepetition(move, moveFrom(result.before), ['sku', 'from', 'to', 'quantity'], 'moveId');
}

function decide({ moveId, to, quantity }: Move, record: LedgerRecord, books: SkuBooks): Omit<Posting, 'sku'> | Refused {
  const [source, target] = books.locations;
  if (source === undefined || target === undefined) throw new Error(`nothing was read of ${to}`);
  const taken = takeUnits(source.open, quantity, maxTaken);
  if (taken === undefined) {
    return cannotTake(source, quantity, (most) => ({ path: 'quantity', message: `must be at most ${most}` }));
  }
  const put = putUnits(target, quantity, moveId, maxPieces - taken.length);
  return { record, changes: [...taken, ...put], plan: planToWrite(books, to) };
}

function moveFrom({ id, sku, at, body }: LedgerRecord): Move {
  return { moveId: id, sku, at, ...(body as Pick<Move, 'from' | 'to' | 'quantity'>) };
}
