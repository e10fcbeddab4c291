import { type Candidate, chooseLocations } from './choose-locations.ts';
import { pickShard } from './pick-shard.ts';
import type { Part } from './reservation.ts';
import type { LineQuantity } from './stock-store.ts';
import type { StockView } from './stock-view.ts';

export interface Shortage {
  readonly sku: string;
  readonly wanted: number;
  readonly available: number;
}

export type Choice = { readonly parts: readonly Part[] } | { readonly short: readonly Shortage[] };

/**
 * Decides from which shards of which locations an order is served: one location if any can fill the whole order, else
 * the fewest, then by priority; in a location one shard if any has the quantity, else as few as possible.
 *
 * @param home where to start among the shards of a location, so that buyers do not all want the same one.
 * @returns the parts, or every SKU of which there is too little.
 */
export function choosePieces(lines: readonly LineQuantity[], view: StockView, home: number): Choice {
  const wanted = unitsWanted(lines);
  const candidates = candidatesIn(view, wanted);
  const chosen = chooseLocations(wanted, candidates);
  if (chosen === undefined) return { short: shortages(wanted, candidates) };
  const left = new Remaining(view, chosen, home);
  return { parts: lines.flatMap((line) => splitLine(line, left)) };
}

/** Units by SKU, whatever the number of lines that want it. */
export function unitsWanted(lines: readonly LineQuantity[]): Map<string, number> {
  const wanted = new Map<string, number>();
  for (const { sku, quantity } of lines) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity);
  return wanted;
}

/** Every location that has a SKU of the order, by its best priority for any of them, then by name. */
function candidatesIn(view: StockView, wanted: ReadonlyMap<string, number>): Candidate[] {
  const found = new Map<string, { location: string; priority: number; units: Map<string, number> }>();
  for (const sku of wanted.keys()) {
    for (const { location, priority, available } of view.get(sku) ?? []) {
      const candidate = found.get(location) ?? { location, priority, units: new Map() };
      candidate.priority = Math.min(candidate.priority, priority);
      candidate.units.set(sku, sum(available));
      found.set(location, candidate);
    }
  }
  return [...found.values()].sort((a, b) => a.priority - b.priority || (a.location < b.location ? -1 : 1));
}

function shortages(wanted: ReadonlyMap<string, number>, candidates: readonly Candidate[]): Shortage[] {
  return [...wanted].flatMap(([sku, units]) => {
    const available = sum(candidates.map((candidate) => candidate.units.get(sku) ?? 0));
    return available < units ? [{ sku, wanted: units, available }] : [];
  });
}

function splitLine(line: LineQuantity, left: Remaining): Part[] {
  const whole = left.locations.find((location) => left.at(location, line.sku) >= line.quantity);
  if (whole !== undefined) return left.take(line, whole, line.quantity);
  // The largest first: each location that is left out is a parcel less.
  const byUnits = [...left.locations].sort((a, b) => left.at(b, line.sku) - left.at(a, line.sku));
  const parts: Part[] = [];
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

  constructor(view: StockView, chosen: readonly Candidate[], home: number) {
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
  take({ lineId, sku }: LineQuantity, location: string, quantity: number): Part[] {
    const shards = this.#shards.get(`${location}#${sku}`) ?? [];
    const fromHome = shards.map((_, index) => (this.#home + index) % shards.length);
    const one = pickShard(shards, quantity, this.#home);
    const order = one === undefined ? fromHome.sort((a, b) => (shards[b] ?? 0) - (shards[a] ?? 0)) : [one];
    const parts: Part[] = [];
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
