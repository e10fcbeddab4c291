import { type Backorder, changePlan, type PlanChangeDependencies, type SkuPlan } from '../../sharding/index.ts';
import type { BackorderQueue } from './backorder-queue.ts';

/**
 * Sets whether orders may wait for a SKU. Orders that wait already go on waiting, and are filled, in either case.
 * Repeated it does no harm: the queue is walked once more.
 *
 * @param wanted undefined: orders for more than there is are refused.
 * @returns units that orders wait for.
 */
export async function setBackorder(
  sku: string,
  wanted: Backorder | undefined,
  dependencies: PlanChangeDependencies & { readonly queue: Pick<BackorderQueue, 'wake'> },
): Promise<{ readonly waiting: number }> {
  await changePlan(sku, dependencies, (before) => planWithBackorder(sku, before, wanted));
  return { waiting: await dependencies.queue.wake(sku) };
}

/** The very same plan when nothing changes. */
function planWithBackorder(
  sku: string,
  before: SkuPlan | undefined,
  wanted: Backorder | undefined,
): SkuPlan | undefined {
  const { mode, limit } = before?.backorder ?? {};
  if (mode === wanted?.mode && limit === wanted?.limit) return before;
  const { backorder: _before, ...plan } = before ?? { sku, locations: [], path: 'T' as const, revision: 0 };
  return { ...plan, ...(wanted && { backorder: wanted }), revision: plan.revision + 1 };
}
