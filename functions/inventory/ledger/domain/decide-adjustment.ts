import type { Adjustment, CannotTake, LedgerRecord, Posting } from './ledger-record.ts';
import {
  cannotTake,
  maxParts,
  planToWrite,
  putUnits,
  type SkuBooks,
  takeUnits,
  withheldUnits,
} from './location-books.ts';

/** Books found units in, or lost units out: units for sale first, then withheld ones. Reserved units stay. */
export function decideAdjustment(
  { adjustmentId, location, quantity }: Adjustment,
  record: LedgerRecord,
  books: SkuBooks,
): Omit<Posting, 'sku'> | CannotTake {
  const [here] = books.locations;
  if (here === undefined) throw new Error(`the stock at ${location} was not read`);
  if (quantity > 0) {
    return { record, changes: putUnits(here, quantity, adjustmentId, maxParts), plan: planToWrite(books, location) };
  }
  const kept = withheldUnits(here);
  const changes = takeUnits(here.open, -quantity, maxParts, kept);
  if (changes !== undefined) return { record, changes, plan: undefined };
  return cannotTake(
    here,
    -quantity,
    (most) => ({
      path: 'quantity',
      message: most === 0 ? 'must be positive: no units can be booked out' : `must be at least ${-most}`,
    }),
    kept,
  );
}

export function adjustmentRecord(adjustment: Adjustment): LedgerRecord {
  const { adjustmentId, sku, at, location, quantity, reason, note } = adjustment;
  const body = { location, quantity, reason, ...(note === undefined ? {} : { note }) };
  return { kind: 'adjustment', id: adjustmentId, sku, at, body };
}

export function adjustmentFrom({ id, sku, at, body }: LedgerRecord): Adjustment {
  return { adjustmentId: id, sku, at, ...(body as Pick<Adjustment, 'location' | 'quantity' | 'reason' | 'note'>) };
}
