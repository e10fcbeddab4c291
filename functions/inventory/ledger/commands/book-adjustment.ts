import { isRefusal, type Refusal } from '../../../shared/kernel/refusal.ts';
import { assertUnits } from '../../../shared/kernel/units.ts';
import { adjustmentFrom, adjustmentRecord, decideAdjustment } from '../domain/decide-adjustment.ts';
import { type Adjustment, type CannotTake, idReused, repeated } from '../domain/ledger-record.ts';
import { type PostDependencies, postUntilDone } from './post-entry.ts';

/**
 * Books found units in, or lost units out, once for the adjustment's id. Only units for sale are taken: neither
 * reserved units nor safety stock.
 */
export async function bookAdjustment(
  adjustment: Adjustment,
  dependencies: PostDependencies,
): Promise<Adjustment | Refusal<'LEDGER_ID_REUSED'> | CannotTake> {
  assertUnits(Math.abs(adjustment.quantity));
  const record = adjustmentRecord(adjustment);
  const { sku, location } = adjustment;
  const result = await postUntilDone(sku, [location], record, dependencies, (books) =>
    decideAdjustment(adjustment, record, books),
  );
  if (isRefusal(result)) return result;
  if ('done' in result) return adjustment;
  const same = ['sku', 'location', 'quantity', 'reason', 'note'] as const;
  return repeated(adjustment, adjustmentFrom(result.before), same) ?? idReused('adjustmentId');
}
