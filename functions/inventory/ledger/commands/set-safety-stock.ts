import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { assertUnits } from '../../../shared/kernel/units.ts';
import { decideSafetyStock } from '../domain/decide-safety-stock.ts';
import type { SafetyStock } from '../domain/ledger-record.ts';
import { type PostDependencies, postUntilDone } from './post-entry.ts';

/**
 * Sets how many units a location keeps back, and keeps back what is for sale now; what is missing then is kept back from
 * later receipts. Repeated, it keeps back what has become available since.
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
  if (isRefusal(result) || 'before' in result) throw new Error(`SKU ${sku}: setting safety stock has no id`);
  return { ...wish, held };
}
