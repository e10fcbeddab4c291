import { type Backorder, changePlan, type PlanChangeDependencies, type SkuPlan } from '../../sharding/index.ts';
import type { BackorderQueue } from './backorder-queue.ts';

/**
 * Sets whether orders may wait for a SKU. Orders that already wait stay in the queue and are filled, whatever the
 * setting. A repetition triggers one more walk of the queue and has no other effect.
 *
 * @param wanted undefined: orders for unavailable units are refused.
 * @returns `waiting`: units that orders wait for.
 */
export async function setBackorder(
  sku: string,
  wanted: Backorder | undefined,
  dependencies: PlanChangeDependencies & { readonly queue: Pick<BackorderQueue, 'wake'> },
): Promise<{ readonly waiting: number }> {
  await changePlan(sku, dependencies, (before) => planWithBackorder(sku, before, wanted));
  return { waiting: await dependencies.queue.wake(sku) };
}

/** The plan with the setting; the same object when the setting is unchanged. */
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
