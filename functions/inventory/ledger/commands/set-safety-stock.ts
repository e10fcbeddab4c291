import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { assertUnits } from '../../../shared/kernel/units.ts';
import { decideSafetyStock } from '../domain/decide-safety-stock.ts';
import type { SafetyStock } from '../domain/ledger-record.ts';
import { type PostDependencies, postUntilDone } from './post-entry.ts';

/**
 * Sets the wanted safety stock of a location and moves units for sale into it. Units that are missing then come from
 * later receipts. A repetition takes the units that have become available since.
 */
export async function setSafetyStock(
  wish: Omit<SafetyStock, 'held'>,
  dependencies: PostDependencies,
): Promise<SafetyStock> {
  const { sku, location, wanted } = wish;
  assertUnits(wanted, 0);
  let held = 0;
  const result = await postUntilDone(sku, [location], undefined, dependencies, (books) => {
    const decision = decideSafetyStock(wish, books);
    held = decision.held;
    return decision.posting;
  });
  if (isRefusal(result) || 'before' in result)
    throw new Error(`SKU ${sku}: a posting of safety stock has no record and is never refused`);
  return { ...wish, held };
}
