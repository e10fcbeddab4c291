import type { RegisteredLocation } from '../../locations/domain/location.ts';
import type { ShardId, SkuPlan } from '../../sharding/domain/shard-plan.ts';

/** What is known of a SKU at a location: units for sale by shard. Infinity stands for a shard not looked at. */
export interface LocationStock {
  readonly location: string;
  /** The location's rank among those of the SKU, by arrival. */
  readonly priority: number;
  readonly available: readonly number[];
  /** What the registry says of the location; absent where it says nothing. */
  readonly place?: RegisteredLocation;
  /** True when the units of the SKU for one order may not be split over locations. */
  readonly whole?: boolean;
}

/** By SKU; locations in the order of the plan, without those that nothing is sold from. */
export type StockView = ReadonlyMap<string, readonly LocationStock[]>;

/** What the registry says, by location. */
export type Places = ReadonlyMap<string, RegisteredLocation>;

const nowhere: Places = new Map();

export function viewOf(
  plans: Iterable<SkuPlan>,
  availableIn: (shard: ShardId) => number,
  places: Places = nowhere,
): StockView {
  const view = new Map<string, readonly LocationStock[]>();
  for (const { sku, locations, splitLines = true } of plans) {
    const stock = locations.flatMap(({ location, shards, priority }): LocationStock[] => {
      const place = places.get(location);
      if (place?.active === false) return [];
      const available = Array.from({ length: shards }, (_, shard) => availableIn({ location, sku, shard }));
      return [{ location, priority, available, ...(place && { place }), ...(splitLines ? {} : { whole: true }) }];
    });
    view.set(sku, stock);
  }
  return view;
}
