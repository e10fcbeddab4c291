import type { LocationsByName, RegisteredLocation } from '../../locations/index.ts';
import { type SkuPlan, shardNames } from '../../sharding/index.ts';

/** What is known of a SKU at a location: units for sale by shard. Infinity stands for a shard whose units are not known. */
export interface LocationStock {
  readonly location: string;
  /** The location's rank among those of the SKU, by arrival. */
  readonly priority: number;
  readonly available: readonly number[];
  /** The location in the registry; absent where it is not registered. */
  readonly registered?: RegisteredLocation;
  /** True when the units of the SKU for one order may not be split over locations. */
  readonly whole?: boolean;
}

/** By SKU; locations in the order of the plan, without the inactive ones. */
export type StockView = ReadonlyMap<string, readonly LocationStock[]>;

const nowhere: LocationsByName = new Map();

/**
 * @param available units for sale by the name of the shard.
 * @param otherwise what a shard without an entry counts for.
 */
export function viewOf(
  plans: Iterable<SkuPlan>,
  available: ReadonlyMap<string, number>,
  otherwise: number,
  locations: LocationsByName = nowhere,
): StockView {
  const view = new Map<string, readonly LocationStock[]>();
  for (const { sku, locations: planned, splitLines = true } of plans) {
    const stock = planned.flatMap((there): LocationStock[] => {
      const { location, priority } = there;
      const registered = locations.get(location);
      if (registered?.active === false) return [];
      const units = shardNames(sku, there).map((name) => available.get(name) ?? otherwise);
      return [
        {
          ...{ location, priority, available: units },
          ...(registered && { registered }),
          ...(splitLines ? {} : { whole: true }),
        },
      ];
    });
    view.set(sku, stock);
  }
  return view;
}
