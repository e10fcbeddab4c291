import type { Candidate, Units } from './rank-candidates.ts';

/**
 * Steps of the search, some milliseconds, after which the caller takes a good choice instead of the best. For an
 * order of one SKU every step leads to a set, however many locations there are; for other orders a dozen locations need
 * far fewer steps.
 */
const maxSteps = 5_000;

type Found<C> = readonly C[] | 'too-many';

/**
 * All sets of exactly `size` candidates that can fill an order, those with the earliest candidates first. The search
 * leaves out branches in which the best remaining candidates cannot supply what is missing.
 *
 * @param whole SKUs whose units must all be at one of the candidates.
 * @returns yields 'too-many' last when the search took too many steps.
 */
export function* fillingSets<C extends Candidate>(
  wanted: Units,
  candidates: readonly C[],
  size: number,
  whole: ReadonlySet<string>,
): Generator<Found<C>, void> {
  const skus = [...wanted.keys()];
  const most = skus.map((sku) => mostFrom(candidates, sku, whole.has(sku) ? 1 : size));
  let steps = 0;

  /**
   * Searches on from a partial set.
   *
   * @returns whether the search may go on.
   */
  function* sets(taken: readonly C[], first: number, missing: readonly number[]): Generator<Found<C>, boolean> {
    if (steps++ >= maxSteps) {
      yield 'too-many';
      return false;
    }
    const left = size - taken.length;
    if (left === 0) {
      if (missing.every((units) => units === 0)) yield taken;
      return true;
    }
    for (let at = first; at <= candidates.length - left; at++) {
      const hopeless = missing.some((units, index) => units > (most[index]?.(at, left) ?? 0));
      if (hopeless) return true;
      const head = candidates[at] as C;
      if (!(yield* sets([...taken, head], at + 1, afterTaking(head, missing)))) return false;
    }
    return true;
  }

  function afterTaking(candidate: C, missing: readonly number[]): number[] {
    return missing.map((units, index) => {
      const sku = skus[index] ?? '';
      const there = candidate.units.get(sku) ?? 0;
      if (whole.has(sku)) return there >= units ? 0 : units;
      return Math.max(0, units - there);
    });
  }

  yield* sets([], 0, [...wanted.values()]);
}

/**
 * Computes how many units of a SKU the best `count` of the candidates from `first` on have together; `count` is at most
 * `size`.
 */
function mostFrom(
  candidates: readonly Candidate[],
  sku: string,
  size: number,
): (first: number, count: number) => number {
  const sums: number[][] = [];
  let best: number[] = [];
  for (let first = candidates.length - 1; first >= 0; first--) {
    const units = candidates[first]?.units.get(sku) ?? 0;
    const rank = best.findIndex((each) => each < units);
    best = rank === -1 ? [...best, units] : [...best.slice(0, rank), units, ...best.slice(rank)];
    best = best.slice(0, size);
    let sum = 0;
    sums[first] = best.map((each) => {
      sum += each;
      return sum;
    });
  }
  return (first, count) => {
    const from = sums[first] ?? [];
    return from[Math.min(count, from.length) - 1] ?? 0;
  };
}
