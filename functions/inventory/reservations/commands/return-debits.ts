import type { ShardStore } from '../../sharding/index.ts';
import {
  allShardsOf,
  backorderShard,
  type PlanStore,
  type RepairDependencies,
  repairEntries,
} from '../../sharding/index.ts';

/** Dependencies of returning the debits of one order. */
export interface ReturnDependencies extends RepairDependencies {
  readonly plans: Pick<PlanStore, 'read'>;
  readonly shards: Pick<ShardStore, 'read' | 'undoDebit'>;
}

/**
 * Puts the units back for sale that an interrupted attempt to hold a large order has debited and no reservation binds. The
 * first process that would be refused for such units does the same; this is for orders that will not ask again.
 */
export async function returnDebits(
  orderId: string,
  skus: readonly string[],
  dependencies: ReturnDependencies,
): Promise<void> {
  const plans = [...(await dependencies.plans.read([...new Set(skus)], 'strong')).values()];
  const withheld = plans.flatMap(({ sku, locations }) =>
    locations.map(({ location }) => backorderShard(location, sku)),
  );
  const found = await dependencies.shards.read([...plans.flatMap(allShardsOf), ...withheld], 'strong');
  await repairEntries(found, (entry) => entry.orderId === orderId, dependencies);
}
