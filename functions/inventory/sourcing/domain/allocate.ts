import type { LineQuantity, Sourcing } from '../../../../events/vocabulary.ts';
import { assertUnits } from '../../../shared/kernel/units.ts';
import type { ShardId } from '../../sharding/index.ts';
import { chooseLocations, type Together } from './choose-locations.ts';
import type { Destination } from './distance.ts';
import { pickShard } from './pick-shard.ts';
import { type RankedCandidate, rankCandidates, type Units } from './rank-candidates.ts';
import type { StockView } from './stock-view.ts';

/** Units of one line that come from one shard. */
export interface AllocatedPart extends ShardId {
  readonly lineId: string;
  readonly quantity: number;
}

/** A SKU of which too few units are available, in units. */
export interface Shortage {
  readonly sku: string;
  readonly wanted: number;
  readonly available: number;
  /** True when there are enough units, but not at locations that may serve the order together. */
  readonly apart?: boolean;
}

/** The parts of an order by shard, and why its locations were chosen. */
export interface Allocated {
  readonly parts: readonly AllocatedPart[];
  readonly sourcing: Sourcing;
}

/** `insufficient`: every SKU of which there are too few units. */
export type AllocationChoice = Allocated | { readonly insufficient: readonly Shortage[] };

/** Constraints of a request on the locations that may serve it. */
export interface SourcingTerms {
  readonly destination?: Destination | undefined;
  /** False when the whole order must come from one location. */
  readonly allowSplitShipments?: boolean | undefined;
}

/**
 * Decides from which shards of which locations an order is served: from one location if any can fill the whole order,
 * else from the fewest, then by priority and distance. In a location units come from one shard if any has the quantity,
 * else from as few as possible.
 *
 * @param home the index of the shard to try first in every location, so that processes do not all choose the same one.
 * @param view units for sale by SKU, location and shard; Infinity for a shard whose units are not known.
 * @throws RangeError for a quantity that is not a whole number from 1 on.
 */
export function allocate(
  lines: readonly LineQuantity[],
  view: StockView,
  home: number,
  { destination, allowSplitShipments = true }: SourcingTerms = {},
): AllocationChoice {
  const wanted = unitsWanted(lines);
  const together: Together = { single: !allowSplitShipments, whole: unsplittable(view, wanted) };
  const candidates = rankCandidates(view, wanted.keys(), destination);
  const choice = chooseLocations(wanted, candidates, together);
  if (choice === undefined) return { insufficient: shortages(wanted, candidates, together) };
  const left = new Remaining(view, choice.chosen, home);
  const wholeAt = new Map(
    [...together.whole].map((sku) => [
      sku,
      left.locations.find((each) => left.at(each, sku) >= (wanted.get(sku) ?? 0)),
    ]),
  );
  return {
    parts: lines.flatMap((line) => splitLine(line, left, wholeAt.get(line.sku))),
    sourcing: choice.sourcing,
  };
}

/**
 * Units by SKU: the sum over the lines that want it.
 *
 * @throws RangeError for a quantity that is not a whole number from 1 on.
 */
export function unitsWanted(lines: readonly LineQuantity[]): Map<string, number> {
  const wanted = new Map<string, number>();
  for (const { sku, quantity } of lines) {
    assertUnits(quantity);
    wanted.set(sku, (wanted.get(sku) ?? 0) + quantity);
  }
  return wanted;
}

/** The SKUs of an order whose units may not be split over locations. */
function unsplittable(view: StockView, wanted: Units): Set<string> {
  return new Set([...wanted.keys()].filter((sku) => view.get(sku)?.some(({ whole }) => whole === true)));
}

/** The SKUs with too few units; when each has enough, those that are not available together. */
function shortages(wanted: Units, candidates: readonly RankedCandidate[], together: Together): Shortage[] {
  const all = [...wanted].map(([sku, units]) => {
    const there = candidates.map((candidate) => candidate.units.get(sku) ?? 0);
    return { sku, wanted: units, available: sum(there), most: Math.max(0, ...there) };
  });
  const insufficient = all.filter(({ wanted: units, available }) => available < units);
  if (insufficient.length > 0) return insufficient.map(({ most: _most, ...shortage }) => shortage);
  const apart = all.filter(
    ({ sku, wanted: units, most }) => together.single || (together.whole.has(sku) && most < units),
  );
  return apart.map(({ most: _most, ...shortage }) => ({ ...shortage, apart: true }));
}

/**
 * Takes one line from what is left.
 *
 * @param wholeAt the location that has to serve the whole line, if there is one.
 */
function splitLine(line: LineQuantity, left: Remaining, wholeAt: string | undefined): AllocatedPart[] {
  const whole = wholeAt ?? left.locations.find((location) => left.at(location, line.sku) >= line.quantity);
  if (whole !== undefined) return left.take(line, whole, line.quantity);
  // Largest location first: each location less is a parcel less.
  const byUnits = [...left.locations].sort((a, b) => left.at(b, line.sku) - left.at(a, line.sku));
  const parts: AllocatedPart[] = [];
  let open = line.quantity;
  for (const location of byUnits) {
    const quantity = Math.min(open, left.at(location, line.sku));
    if (quantity > 0) parts.push(...left.take(line, location, quantity));
    open -= quantity;
  }
  return parts;
}

/** The units that are left in the chosen locations while the lines of an order are served one after the other. */
class Remaining {
  readonly locations: readonly string[];
  readonly #shards = new Map<string, number[]>();
  readonly #home: number;

  constructor(view: StockView, chosen: readonly RankedCandidate[], home: number) {
    this.locations = chosen.map((candidate) => candidate.location);
    this.#home = home;
    for (const [sku, stock] of view) {
      for (const { location, available } of stock) this.#shards.set(`${location}#${sku}`, [...available]);
    }
  }

  at(location: string, sku: string): number {
    return sum(this.#shards.get(`${location}#${sku}`) ?? []);
  }

  /** Takes units that are available: from one shard if any has them all, else from the fullest ones. */
  take({ lineId, sku }: LineQuantity, location: string, quantity: number): AllocatedPart[] {
    const shards = this.#shards.get(`${location}#${sku}`) ?? [];
    const fromHome = shards.map((_, index) => (this.#home + index) % shards.length);
    const one = pickShard(shards, quantity, this.#home);
    const order = one === undefined ? fromHome.sort((a, b) => (shards[b] ?? 0) - (shards[a] ?? 0)) : [one];
    const parts: AllocatedPart[] = [];
    let open = quantity;
    for (const shard of order) {
      const units = Math.min(open, shards[shard] ?? 0);
      if (units === 0) break;
      shards[shard] = (shards[shard] ?? 0) - units;
      open -= units;
      parts.push({ lineId, sku, location, shard, quantity: units });
    }
    return parts;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
