import { maxPriority } from '../../locations/index.ts';
import { type Destination, distancesTo } from './distance.ts';
import type { LocationStock, StockView } from './stock-view.ts';

/** Units by SKU that an order wants or a location has. */
export type Units = ReadonlyMap<string, number>;

export interface Candidate {
  readonly location: string;
  readonly units: Units;
}

/** A location that may serve an order, with the properties by which locations are compared. */
export interface RankedCandidate extends Candidate {
  /**
   * The lower, the sooner it is chosen. Locations that are not registered come after all others, in the order of their
   * first receipt of the SKU.
   */
  readonly priority: number;
  /** Absent when it is not known: the location then comes after those of its priority with a known distance. */
  readonly distanceKm?: number;
}

const firstUnregistered = maxPriority + 1;

interface Found {
  readonly units: Map<string, number>;
  readonly stock: LocationStock;
  arrival: number;
}

/** Every location that stocks a SKU of the order, by priority, then distance, then arrival, then name. */
export function rankCandidates(
  view: StockView,
  skus: Iterable<string>,
  destination: Destination | undefined,
): RankedCandidate[] {
  const found = new Map<string, Found>();
  for (const sku of skus) {
    for (const stock of view.get(sku) ?? []) {
      const known = found.get(stock.location) ?? { units: new Map(), stock, arrival: stock.priority };
      known.arrival = Math.min(known.arrival, stock.priority);
      known.units.set(
        sku,
        stock.available.reduce((sum, units) => sum + units, 0),
      );
      found.set(stock.location, known);
    }
  }
  const registered = [...found.values()].flatMap(({ stock }) => stock.registered ?? []);
  const distances: ReadonlyMap<string, number> =
    registered.length === 0 ? new Map() : distancesTo(destination, registered);
  const ranked = [...found].map(([location, { units, stock, arrival }]) => {
    const distanceKm = distances.get(location);
    const priority = stock.registered?.priority ?? firstUnregistered + arrival;
    return { location, units, arrival, priority, ...(distanceKm === undefined ? {} : { distanceKm }) };
  });
  return ranked
    .sort(
      (a, b) =>
        a.priority - b.priority ||
        distanceOrder(a) - distanceOrder(b) ||
        a.arrival - b.arrival ||
        (a.location < b.location ? -1 : 1),
    )
    .map(({ arrival: _arrival, ...candidate }) => candidate);
}

function distanceOrder({ distanceKm = Number.MAX_SAFE_INTEGER }: { readonly distanceKm?: number }): number {
  return distanceKm;
}
