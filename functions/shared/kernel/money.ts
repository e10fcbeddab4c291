const basisPointsPerWhole = 10_000;

/** A share of an amount in hundredths of a percent, rounded half up to a whole minor unit. */
export function shareOf(amountMinor: number, basisPoints: number): number {
  return Math.floor((amountMinor * basisPoints + basisPointsPerWhole / 2) / basisPointsPerWhole);
}

/**
 * Splits a total by weights into whole minor units that add up to it exactly, by the largest remainder method: each part
 * gets its share rounded down, and the units left over go to the parts with the largest remainders, at equality to the
 * earlier part. Without any weight the first part gets everything.
 */
export function apportion(totalMinor: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum <= 0) return weights.map((_, index) => (index === 0 ? totalMinor : 0));
  const exact = weights.map((weight) => BigInt(totalMinor) * BigInt(weight));
  const parts = exact.map((product) => Number(product / BigInt(sum)));
  const left = totalMinor - parts.reduce((total, part) => total + part, 0);
  const byRemainder = exact
    .map((product, index) => ({ index, remainder: product % BigInt(sum) }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder < b.remainder ? 1 : -1));
  for (const { index } of byRemainder.slice(0, left)) parts[index] = (parts[index] ?? 0) + 1;
  return parts;
}
