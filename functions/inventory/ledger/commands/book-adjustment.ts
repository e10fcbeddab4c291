import { isRefusal, type Refusal } from '../../../shared/kernel/refusal.ts';
import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import type { LedgerRecord, Posting } from '../../sharding/commands/stock-table.ts';
import { maxPieces, planToWrite, putUnits, type SkuBooks, takeUnits } from '../domain/location-books.ts';
import type { Adjustment } from '../domain/stock-books.ts';
import { answerRepetition, cannotTake, postUntilDone } from './post-entry.ts';

type Refused = Refusal<'NOT_ENOUGH_AVAILABLE' | 'STOCK_TOO_SPREAD'>;

/** Books units in that turned up, or out that went away; what goes must be for sale. */
export async function adjustStock(
  adjustment: Adjustment,
  around: Surroundings,
): Promise<Adjustment | Refusal<'LEDGER_ID_REUSED'> | Refused> {
  const record = recordOf(adjustment);
  const { sku, location } = adjustment;
  const result = await postUntilDone(sku, [location], record, around, (books) => decide(adjustment, record, books));
  if (isRefusal(result)) return result;
  if ('done' in result) return adjustment;
  const same = ['sku', 'location', 'quantity', 'reason', 'note'] as const;
  return answerRepetition(adjustment, adjustmentFrom(result.before), same, 'adjustmentId');
}

function decide(
  { adjustmentId, location, quantity }: Adjustment,
  record: LedgerRecord,
  books: SkuBooks,
): Omit<Posting, 'sku'> | Refused {
  const [there] = books.locations;
  if (there === undefined) throw new Error(`nothing was read of ${location}`);
  if (quantity > 0) {
    return { record, changes: putUnits(there, quantity, adjustmentId, maxPieces), plan: planToWrite(books, location) };
  }
  const changes = takeUnits(there.open, -quantity, maxPieces);
  if (changes !== undefined) return { record, changes, plan: undefined };
  return cannotTake(there, -quantity, (most) => ({ path: 'quantity', message: `must be at least ${-most}` }));
}

function recordOf({ adjustmentId, sku, at, location, quantity, reason, note }: Adjustment): LedgerRecord {
  const body = { location, quantity, reason, ...(note === undefined ? {} : { note }) };
  return { kind: 'adjustment', id: adjustmentId, sku, at, body };
}

function adjustmentFrom({ id, sku, at, body }: LedgerRecord): Adjustment {
  return { adjustmentId: id, sku, at, ...(body as Pick<Adjustment, 'location' | 'quantity' | 'reason' | 'note'>) };
}
