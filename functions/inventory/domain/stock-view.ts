import type { ShardId, SkuPlan } from './shard-plan.ts';

/** What is known of a SKU at a location: units for sale by shard. Infinity stands for a shard not looked at. */
export interface LocationStock {
  readonly location: string;
  readonly priority: number;
  readonly available: readonly number[];
}

/** By SKU; locations in the order of the plan. */
export type StockView = ReadonlyMap<string, readonly LocationStock[]>;

export function viewOf(plans: Iterable<SkuPlan>, availableIn: (shard: ShardId) => number): StockView {
  const view = new Map<string, readonly LocationStock[]>();
  for (const { sku, locations } of plans) {
    const stock = locations.map(({ location, shards, priority }) => ({
      location,
      priority,
      available: Array.from({ length: shards }, (_, shard) => availableIn({ location, sku, shard })),
    }));
    view.set(sku, stock);
  }
  return view;
}
