import type { Consistency } from '../../../shared/kernel/consistency.ts';
import type { RegisteredLocation } from '../../locations/index.ts';
import type { SkuPlan } from '../domain/shard-plan.ts';

/** The plans of the SKUs. Each call is one request to the store, atomic, and may be repeated. */
export interface PlanStore {
  /** By SKU; those without a plan are left out. */
  read(skus: readonly string[], consistency: Consistency): Promise<ReadonlyMap<string, SkuPlan>>;
  /** Writes a plan over the revision before it, and its SKU into the list of hot ones or out of it. */
  write(plan: SkuPlan): Promise<'written' | 'changed'>;
  /** SKUs whose shards need regular rebalancing. May be a moment old. */
  hotSkus(): Promise<readonly string[]>;
}

/** Plans and registered locations in one request, a moment old. */
export interface PlanReader {
  plansAndLocations(
    skus: readonly string[],
    withLocations: boolean,
  ): Promise<{
    readonly plans: ReadonlyMap<string, SkuPlan>;
    /** Present when they were asked for. */
    readonly locations: readonly RegisteredLocation[] | undefined;
  }>;
}
