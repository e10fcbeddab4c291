import type { LocationChoice, Together, Units } from './choose-locations.ts';
import { fills } from './choose-locations.ts';
import type { RankedCandidate } from './rank-candidates.ts';

/** Candidates that are kept on record: it lies in the order's log, where each kilobyte costs. */
const maxRecorded = 20;

/** `assumed`: nobody looked; that the units were there was seen by taking them. */
export type Filling = 'all' | 'part' | 'none' | 'assumed';

/** Why an order is served from where it is. */
export interface Sourcing {
  /** In order of preference, the chosen ones among them. */
  readonly candidates: readonly {
    readonly location: string;
    readonly priority: number;
    readonly distanceKm?: number;
    /** How much of the order the location could fill by itself. */
    readonly fills: Filling;
  }[];
  readonly chosen: readonly string[];
  /**
   * `only_choice`: without any of these locations the others together could not have filled the order. Else it was the
   * first single location that could, or the fewest that could together.
   */
  readonly rule: 'single_location' | 'fewest_locations' | 'only_choice';
  /** What decided between as many other locations that could have filled the order too; absent when there were none. */
  readonly tieBreak?: 'priority' | 'distance' | 'order';
}

export function explainSourcing(
  wanted: Units,
  candidates: readonly RankedCandidate[],
  { chosen, runnerUp }: LocationChoice<RankedCandidate>,
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

function fillingOf(candidate: RankedCandidate, wanted: Units, together: Together): Filling {
  const there = [...wanted.keys()].map((sku) => candidate.units.get(sku) ?? 0);
  if (!fills(wanted, [candidate], together)) return there.some((units) => units > 0) ? 'part' : 'none';
  return there.includes(Number.POSITIVE_INFINITY) ? 'assumed' : 'all';
}

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

/** The first difference between the two: the rule compares them in this order. */
function tieBreakOf(chosen: readonly RankedCandidate[], runnerUp: readonly RankedCandidate[]): Sourcing['tieBreak'] {
  const at = chosen.findIndex((each, index) => each !== runnerUp[index]);
  const [one, other] = [chosen[at], runnerUp[at]];
  if (one?.priority !== other?.priority) return 'priority';
  return one?.distanceKm === other?.distanceKm ? 'order' : 'distance';
}
