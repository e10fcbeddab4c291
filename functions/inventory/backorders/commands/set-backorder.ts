import { TransientFault } from '../../../shared/kernel/faults.ts';
import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import type { Backorder, SkuPlan } from '../../sharding/domain/shard-plan.ts';
import type { WaitingLines } from './backorder-queue.ts';

/** Times the plan is decided on anew because somebody else changed it. */
const maxDecisions = 5;

/**
 * Says whether orders may wait for a SKU. Those that wait already go on waiting, and are served, whatever is said. Said
 * again it does no harm: the line is looked at once more.
 *
 * @param wanted undefined: orders for more than there is are refused.
 * @returns units that are waited for.
 */
export async function setBackorder(
  sku: string,
  wanted: Backorder | undefined,
  { table, memory, lines }: Surroundings & { readonly lines: WaitingLines },
): Promise<{ readonly waiting: number }> {
  for (let round = 0; round < maxDecisions; round++) {
    const found = await table.read({ skus: [sku], lines: [sku] }, 'latest');
    const before = found.plans.get(sku);
    const after = planFor(sku, before, wanted);
    if (after !== before && after !== undefined && (await table.writePlan(after)) === 'changed') continue;
    if (after !== undefined) memory.learnPlan(after);
    await lines.wake(sku);
    return { waiting: found.lines?.get(sku)?.units ?? 0 };
  }
  throw new TransientFault(`SKU ${sku}: the plan changed ${maxDecisions} times meanwhile`);
}

/** The very same plan when nothing changes. */
function planFor(sku: string, before: SkuPlan | undefined, wanted: Backorder | undefined): SkuPlan | undefined {
  const { mode, limit } = before?.backorder ?? {};
  if (mode === wanted?.mode && limit === wanted?.limit) return before;
  const { backorder: _before, ...plan } = before ?? { sku, locations: [], path: 'T' as const, revision: 0 };
  return { ...plan, ...(wanted && { backorder: wanted }), revision: plan.revision + 1 };
}
