import { fillingSets } from './filling-sets.ts';

/** Units of each SKU that an order wants, or that a location has. */
export type Units = ReadonlyMap<string, number>;

export interface Candidate {
  readonly location: string;
  readonly units: Units;
}

/** What an order asks of its locations beyond having the units. */
export interface Together {
  /** SKUs whose units must all come from one location. */
  readonly whole: ReadonlySet<string>;
  /** The whole order must come from one location. */
  readonly single: boolean;
}

const anyhow: Together = { whole: new Set(), single: false };

/** The choice, and what would have been taken but for a better preference: as many locations, that can fill the order too. */
export interface LocationChoice<C extends Candidate> {
  readonly chosen: readonly C[];
  readonly runnerUp: readonly C[] | undefined;
}

/**
 * The sourcing rule: one location if any can fill the whole order, else the fewest that can, and among equals those
 * that come first.
 *
 * @param candidates in order of preference.
 * @returns the chosen ones in that order; undefined when all of them together cannot fill the order.
 */
export function chooseLocations<C extends Candidate>(
  wanted: Units,
  candidates: readonly C[],
  together: Together = anyhow,
): LocationChoice<C> | undefined {
  if (together.single) {
    const [chosen, runnerUp] = candidates.filter((candidate) => fills(wanted, [candidate], together));
    return chosen && { chosen: [chosen], runnerUp: runnerUp && [runnerUp] };
  }
  if (!fills(wanted, candidates, together)) return undefined;
  const good = greedyChoice(wanted, candidates, together);
  for (let size = 1; size <= good.length; size++) {
    const found = fillingSets(wanted, candidates, size, together.whole);
    const [chosen, runnerUp] = [found.next().value, found.next().value];
    if (chosen === 'too-many') break;
    if (chosen) return { chosen, runnerUp: runnerUp === 'too-many' || !runnerUp ? undefined : runnerUp };
  }
  return { chosen: good, runnerUp: undefined };
}

/** Takes the location that adds most until the order is filled, then drops whatever turned out not to be needed. */
export function greedyChoice<C extends Candidate>(
  wanted: Units,
  candidates: readonly C[],
  together: Together = anyhow,
): readonly C[] {
  const missing = new Map(wanted);
  const left = [...candidates];
  const taken = new Set<C>();
  const given = (candidate: C, sku: string, units: number): number => {
    const there = candidate.units.get(sku) ?? 0;
    if (together.whole.has(sku)) return there >= units ? units : 0;
    return Math.min(units, there);
  };
  const gainOf = (candidate: C): number => {
    let gain = 0;
    for (const [sku, units] of missing) gain += given(candidate, sku, units);
    return gain;
  };
  while (left.length > 0 && [...missing.values()].some((units) => units > 0)) {
    const gains = left.map(gainOf);
    const [best] = left.splice(gains.indexOf(Math.max(...gains)), 1);
    if (best === undefined) break;
    taken.add(best);
    for (const [sku, units] of missing) missing.set(sku, units - given(best, sku, units));
  }
  for (const candidate of [...candidates].reverse()) {
    const others = [...taken].filter((each) => each !== candidate);
    if (taken.has(candidate) && fills(wanted, others, together)) taken.delete(candidate);
  }
  return candidates.filter((candidate) => taken.has(candidate));
}

export function fills(wanted: Units, candidates: readonly Candidate[], { whole }: Together = anyhow): boolean {
  for (const [sku, units] of wanted) {
    const there = candidates.map((candidate) => candidate.units.get(sku) ?? 0);
    const most = whole.has(sku) ? Math.max(0, ...there) : there.reduce((sum, each) => sum + each, 0);
    if (most < units) return false;
  }
  return true;
}
