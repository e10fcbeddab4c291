import { backOff, type Pace } from '../../../shared/kernel/backoff.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import type { SkuPlan } from '../domain/shard-plan.ts';
import type { PlanStore } from './plan-store.ts';

/** Attempts at a change, each decided on the newest plan. Plans change every two seconds at most. */
const maxDecisions = 8;

export interface PlanChange {
  /** The plan afterwards, whichever process wrote it; undefined for a SKU without a plan. */
  readonly plan: SkuPlan | undefined;
  /** Whether this call changed it. */
  readonly written: boolean;
}

export interface PlanChangeDependencies {
  readonly plans: Pick<PlanStore, 'read' | 'write'>;
  readonly pace: Pace;
}

/**
 * Reads the plan, decides and writes the result; starts again when the plan changed in between. Of several decisions on
 * one revision only one is written.
 *
 * @param decide returns the new plan, with the next revision, or the given plan itself when no change is needed.
 * @throws TransientFault when the plan changed during every attempt.
 */
export async function changePlan(
  sku: string,
  { plans, pace }: PlanChangeDependencies,
  decide: (before: SkuPlan | undefined) => SkuPlan | undefined | Promise<SkuPlan | undefined>,
): Promise<PlanChange> {
  for (let attempt = 0; attempt < maxDecisions; attempt++) {
    const before = (await plans.read([sku], 'strong')).get(sku);
    const after = await decide(before);
    if (after === before || after === undefined) return { plan: before, written: false };
    if ((await plans.write(after)) === 'written') return { plan: after, written: true };
    await backOff(attempt, pace);
  }
  throw new TransientFault(`SKU ${sku}: the plan changed ${maxDecisions} times meanwhile`);
}
