import type { Consistency } from '../../../shared/kernel/consistency.ts';
import type { RegisteredLocation } from '../../locations/index.ts';
import type { SkuPlan } from '../domain/shard-plan.ts';

/** The plans of the SKUs. Each call is one atomic request to the store and may be repeated. */
export interface PlanStore {
  /** Reads plans, by SKU; SKUs without one are left out. */
  read(skus: readonly string[], consistency: Consistency): Promise<ReadonlyMap<string, SkuPlan>>;
  /**
   * Writes a plan over the revision before it, and adds its SKU to the lists of hot SKUs or removes it. `changed`: the
   * stored plan has another revision, and nothing was written.
   */
  write(plan: SkuPlan): Promise<'written' | 'changed'>;
  /** SKUs whose shards need regular rebalancing; eventually consistent. */
  hotSkus(): Promise<readonly string[]>;
}

/** Reads plans and registered locations with one eventually consistent request. */
export interface PlanReader {
  plansAndLocations(
    skus: readonly string[],
    withLocations: boolean,
  ): Promise<{
    readonly plans: ReadonlyMap<string, SkuPlan>;
    /** Present when `withLocations` is true. */
    readonly locations: readonly RegisteredLocation[] | undefined;
  }>;
}
