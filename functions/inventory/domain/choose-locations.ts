/** Units of each SKU that an order wants, or that a location has. */
export type Units = ReadonlyMap<string, number>;

export interface Candidate {
  readonly location: string;
  readonly units: Units;
}

/**
 * Sets of locations that are tried before a good choice will do instead of the best. All sets of up to 12 locations
 * are fewer; trying them takes some milliseconds.
 */
const maxTried = 5_000;

/**
 * The sourcing rule: one location if any can fill the whole order, else the fewest that can, and among equals those
 * that come first.
 *
 * @param candidates in order of preference.
 * @returns the chosen ones in that order; undefined when all of them together cannot fill the order.
 */
export function chooseLocations(wanted: Units, candidates: readonly Candidate[]): readonly Candidate[] | undefined {
  if (!fills(wanted, candidates)) return undefined;
  let tried = 0;
  for (let size = 1; size < candidates.length; size++) {
    for (const set of combinations(candidates, size)) {
      if (fills(wanted, set)) return set;
      tried += 1;
      if (tried >= maxTried) return greedyChoice(wanted, candidates);
    }
  }
  return candidates;
}

/** Takes the location that adds most until the order is filled, then drops whatever turned out not to be needed. */
export function greedyChoice(wanted: Units, candidates: readonly Candidate[]): readonly Candidate[] {
  const missing = new Map(wanted);
  const left = [...candidates];
  const taken = new Set<Candidate>();
  while (left.length > 0 && [...missing.values()].some((units) => units > 0)) {
    const gains = left.map((candidate) => gainOf(candidate, missing));
    const [best] = left.splice(gains.indexOf(Math.max(...gains)), 1);
    if (best === undefined) break;
    taken.add(best);
    for (const [sku, units] of missing) missing.set(sku, units - Math.min(units, best.units.get(sku) ?? 0));
  }
  for (const candidate of [...candidates].reverse()) {
    const others = [...taken].filter((each) => each !== candidate);
    if (taken.has(candidate) && fills(wanted, others)) taken.delete(candidate);
  }
  return candidates.filter((candidate) => taken.has(candidate));
}

export function fills(wanted: Units, candidates: readonly Candidate[]): boolean {
  for (const [sku, units] of wanted) {
    let sum = 0;
    for (const candidate of candidates) sum += candidate.units.get(sku) ?? 0;
    if (sum < units) return false;
  }
  return true;
}

function gainOf(candidate: Candidate, missing: Units): number {
  let gain = 0;
  for (const [sku, units] of missing) gain += Math.min(units, candidate.units.get(sku) ?? 0);
  return gain;
}

/** All sets of `size` items, those with the earliest items first. */
function* combinations<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let first = 0; first <= items.length - size; first++) {
    const head = items[first] as Item;
    for (const rest of combinations(items.slice(first + 1), size - 1)) yield [head, ...rest];
  }
}
