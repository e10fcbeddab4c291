import type { LocationsByName, RegisteredLocation } from '../../locations/index.ts';
import { type SkuPlan, shardNames } from '../../sharding/index.ts';

/** The units of a SKU for sale at a location, by shard. Infinity stands for a shard whose units are not known. */
export interface LocationStock {
  readonly location: string;
  /** Rank among the SKU's locations, in the order of their first receipt. */
  readonly priority: number;
  readonly available: readonly number[];
  /** The location in the registry; absent where it is not registered. */
  readonly registered?: RegisteredLocation;
  /** True when the units of the SKU for one order may not be split over locations. */
  readonly whole?: boolean;
}

/** Stock by SKU. Locations are in the order of the plan; inactive ones are left out. */
export type StockView = ReadonlyMap<string, readonly LocationStock[]>;

const unregistered: ReadonlyMap<string, RegisteredLocation> = new Map();

/**
 * The view of some SKUs' stock.
 *
 * @param available units for sale by the name of the shard.
 * @param otherwise the units of a shard that is not in `available`.
 * @param locations the registered locations, by name.
 */
export function viewOf(
  plans: readonly SkuPlan[],
  available: ReadonlyMap<string, number>,
  otherwise: number,
  locations: LocationsByName = unregistered,
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
