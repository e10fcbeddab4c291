import type { Sourcing } from '../../../../events/vocabulary.ts';
import { fillingSets } from './filling-sets.ts';
import type { Candidate, RankedCandidate, Units } from './rank-candidates.ts';

/** Most candidates that are recorded in the order's log, where every kilobyte costs. */
const maxRecorded = 20;

/** What an order requires of its locations beside the units. */
export interface Together {
  /** SKUs whose units must all come from one location. */
  readonly whole: ReadonlySet<string>;
  /** The whole order must come from one location. */
  readonly single: boolean;
}

const unrestricted: Together = { whole: new Set(), single: false };

export interface LocationChoice {
  readonly chosen: readonly RankedCandidate[];
  /** Why these were chosen: the candidates in order of preference, the rule, and what broke the tie. */
  readonly sourcing: Sourcing;
}

/**
 * The choice, and the runner-up: the next set of as many locations that can fill the order, which a preference ranked
 * lower.
 */
interface Ranking<C> {
  readonly chosen: readonly C[];
  readonly runnerUp: readonly C[] | undefined;
}

/**
 * The sourcing rule: one location if any can fill the whole order, else the fewest that can together, and among equals
 * those that come first.
 *
 * @param candidates in order of preference.
 * @returns the chosen ones in that order; undefined when all of them together cannot fill the order.
 */
export function chooseLocations(
  wanted: Units,
  candidates: readonly RankedCandidate[],
  together: Together = unrestricted,
): LocationChoice | undefined {
  const ranking = bestLocations(wanted, candidates, together);
  return ranking && { chosen: ranking.chosen, sourcing: explained(wanted, candidates, ranking, together) };
}

/** The locations that {@link chooseLocations} takes, and the runner-up. */
export function bestLocations<C extends Candidate>(
  wanted: Units,
  candidates: readonly C[],
  together: Together = unrestricted,
): Ranking<C> | undefined {
  if (together.single) {
    const [chosen, runnerUp] = candidates.filter((candidate) => fills(wanted, [candidate], together));
    return chosen && { chosen: [chosen], runnerUp: runnerUp && [runnerUp] };
  }
  if (!fills(wanted, candidates, together)) return undefined;
  if (candidates.length === 1) return { chosen: candidates, runnerUp: undefined };
  const good = greedyChoice(wanted, candidates, together);
  for (let size = 1; size <= good.length; size++) {
    const found = fillingSets(wanted, candidates, size, together.whole);
    const [chosen, runnerUp] = [found.next().value, found.next().value];
    if (chosen === 'too-many') break;
    if (chosen) return { chosen, runnerUp: runnerUp === 'too-many' || !runnerUp ? undefined : runnerUp };
  }
  return { chosen: good, runnerUp: undefined };
}

/** Takes the location that adds most until the order is filled, then drops those that are not needed. */
export function greedyChoice<C extends Candidate>(
  wanted: Units,
  candidates: readonly C[],
  together: Together = unrestricted,
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

/** Whether the candidates together have what is wanted. */
export function fills(wanted: Units, candidates: readonly Candidate[], { whole }: Together = unrestricted): boolean {
  for (const [sku, units] of wanted) {
    const there = candidates.map((candidate) => candidate.units.get(sku) ?? 0);
    const most = whole.has(sku) ? Math.max(0, ...there) : there.reduce((sum, each) => sum + each, 0);
    if (most < units) return false;
  }
  return true;
}

/** The record of a choice for the order's log. */
function explained(
  wanted: Units,
  candidates: readonly RankedCandidate[],
  { chosen, runnerUp }: Ranking<RankedCandidate>,
  together: Together,
): Sourcing {
  const spare = Math.max(0, maxRecorded - chosen.length);
  const others = new Set(candidates.filter((each) => !chosen.includes(each)).slice(0, spare));
  const recorded = candidates.filter((each) => chosen.includes(each) || others.has(each)).slice(0, maxRecorded);
  const tieBreak = runnerUp && tieBreakOf(chosen, runnerUp);
  return {
    candidates: recorded.map((candidate) => {
      const { location, priority, distanceKm } = candidate;
      const filling = fillingOf(candidate, wanted, together);
      return { location, priority, ...(distanceKm === undefined ? {} : { distanceKm }), fills: filling };
    }),
    chosen: chosen.map(({ location }) => location),
    rule: ruleOf(wanted, candidates, chosen, together),
    ...(tieBreak && { tieBreak }),
  };
}

type Filling = Sourcing['candidates'][number]['fills'];

/**
 * Whether a candidate fills the order. `assumed`: its counters were not read, and taking the units shows whether they
 * are there.
 */
function fillingOf(candidate: RankedCandidate, wanted: Units, together: Together): Filling {
  const there = [...wanted.keys()].map((sku) => candidate.units.get(sku) ?? 0);
  if (!fills(wanted, [candidate], together)) return there.some((units) => units > 0) ? 'part' : 'none';
  return there.includes(Number.POSITIVE_INFINITY) ? 'assumed' : 'all';
}

/**
 * The rule that chose the locations. `only_choice`: without any one of them the others together could not have filled
 * the order. Otherwise: the first single location that could, or the fewest that could together.
 */
function ruleOf(
  wanted: Units,
  candidates: readonly RankedCandidate[],
  chosen: readonly RankedCandidate[],
  together: Together,
): Sourcing['rule'] {
  const replaceable = chosen.some((one) => {
    const others = candidates.filter((each) => each !== one);
    if (together.single) return others.some((other) => fills(wanted, [other], together));
    return fills(wanted, others, together);
  });
  if (!replaceable) return 'only_choice';
  return chosen.length === 1 ? 'single_location' : 'fewest_locations';
}

/** What decided between the choice and the runner-up: the first difference, in the order in which the rule compares. */
function tieBreakOf(chosen: readonly RankedCandidate[], runnerUp: readonly RankedCandidate[]): Sourcing['tieBreak'] {
  const at = chosen.findIndex((each, index) => each !== runnerUp[index]);
  const [one, other] = [chosen[at], runnerUp[at]];
  if (one?.priority !== other?.priority) return 'priority';
  return one?.distanceKm === other?.distanceKm ? 'order' : 'distance';
}
