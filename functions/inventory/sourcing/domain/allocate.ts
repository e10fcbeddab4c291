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

export interface Shortage {
  readonly sku: string;
  readonly wanted: number;
  readonly available: number;
  /** There would be enough, but not where the order may be served from. */
  readonly apart?: boolean;
}

/** The shards from which an order is served, and why its locations were chosen. */
export interface Allocated {
  readonly parts: readonly AllocatedPart[];
  readonly sourcing: Sourcing;
}

/** `insufficient`: every SKU of which there is too little. */
export type AllocationChoice = Allocated | { readonly insufficient: readonly Shortage[] };

/** What a request says about where it may be served from. */
export interface SourcingTerms {
  readonly destination?: Destination | undefined;
  /** False: the whole order from one location. */
  readonly allowSplitShipments?: boolean | undefined;
}

/**
 * Decides from which shards of which locations an order is served: one location if any can fill the whole order, else
 * the fewest, then by priority and distance; in a location one shard if any has the quantity, else as few as possible.
 *
 * @param home where to start among the shards of a location, so that buyers do not all want the same one.
 * @param view units for sale by SKU, location and shard; Infinity for a shard whose units are not known.
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
 * Units by SKU, whatever the number of lines that want it.
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

/** What there is too little of; when there is enough of everything, all that is not to be had together. */
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

/** @param wholeAt where the whole line has to come from, if anywhere. */
function splitLine(line: LineQuantity, left: Remaining, wholeAt: string | undefined): AllocatedPart[] {
  const whole = wholeAt ?? left.locations.find((location) => left.at(location, line.sku) >= line.quantity);
  if (whole !== undefined) return left.take(line, whole, line.quantity);
  // The largest first: each location that is left out is a parcel less.
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

/** What the lines of an order that were served so far have left in the chosen locations. */
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

  /** Takes units that are there: from one shard if any has them all, else from the fullest ones. */
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
