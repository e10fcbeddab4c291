import type { Consistency } from '../../../shared/kernel/consistency.ts';
import {
  type Backorder,
  type KnownPlansDependencies,
  knownPlans,
  type ShardStore,
  type SkuPlan,
  shardsOf,
} from '../../sharding/index.ts';
import { levelsFrom, type SkuLevels, shardsWithUnits } from '../domain/stock-level.ts';

/** Reads plans, and how many units orders wait for, in one request. */
export interface PlanQueueReader {
  plansAndQueues(
    skus: readonly string[],
    consistency: Consistency,
  ): Promise<{
    readonly plans: ReadonlyMap<string, SkuPlan>;
    /** Only of SKUs that were ever backordered. */
    readonly queues: ReadonlyMap<string, { readonly units: number }>;
  }>;
}

export interface LevelDependencies {
  readonly planQueues: PlanQueueReader;
  readonly shards: Pick<ShardStore, 'read'>;
}

/**
 * The exact levels of a SKU: plan and shards are read strongly consistent, the plan first. Undefined for a SKU that was
 * never received.
 */
export async function stockLevels(
  sku: string,
  { planQueues, shards }: LevelDependencies,
): Promise<SkuLevels | undefined> {
  const { plans, queues } = await planQueues.plansAndQueues([sku], 'strong');
  const [plan, waitedFor] = [plans.get(sku), queues.get(sku)];
  if (plan === undefined) return undefined;
  // A sale may be prepared before the first receipt, and orders that wait for that receipt are shown.
  if (plan.locations.length === 0 && waitedFor === undefined && plan.backorder === undefined) return undefined;
  return levelsFrom(plan, waitedFor, await shards.read(shardsWithUnits(plan, waitedFor), 'strong'));
}

/** The availability of a SKU as customers see it. */
export interface Availability {
  /** Units for sale; 0 for an unknown SKU. */
  readonly units: number;
  /** How orders may wait for the SKU. Absent: they may not. */
  readonly backorder?: Backorder;
}

export interface AvailabilityDependencies extends KnownPlansDependencies {
  readonly shards: Pick<ShardStore, 'read'>;
}

/**
 * The availability of at most 100 SKUs, by SKU, for display and not for decisions: it uses cached plans and eventually
 * consistent reads, which cost half as much. Units at inactive locations are not for sale.
 */
export async function availabilityOf(
  skus: readonly string[],
  dependencies: AvailabilityDependencies,
): Promise<ReadonlyMap<string, Availability>> {
  const { plans } = await knownPlans(skus, dependencies);
  const sold = plans.flatMap(shardsOf).filter((shard) => dependencies.locations.isSoldFrom(shard));
  const units = new Map<string, number>();
  for (const { sku, available } of await dependencies.shards.read(sold, 'eventual')) {
    units.set(sku, (units.get(sku) ?? 0) + available);
  }
  const backorders = new Map(plans.map(({ sku, backorder }) => [sku, backorder]));
  return new Map(
    skus.map((sku) => {
      const backorder = backorders.get(sku);
      return [sku, { units: units.get(sku) ?? 0, ...(backorder && { backorder }) }];
    }),
  );
}
