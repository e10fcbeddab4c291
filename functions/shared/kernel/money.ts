const basisPointsPerWhole = 10_000;

/**
 * The smallest amount that a gateway moves, in minor units, where it is not one: Stripe takes the three-decimal currencies
 * with a last digit of 0, and the ariary without decimals (https://docs.stripe.com/currencies).
 */
const quanta: Readonly<Record<string, number>> = { BHD: 10, JOD: 10, KWD: 10, OMR: 10, TND: 10, MGA: 100 };

/** The smallest amount of a currency that can be charged, in minor units. Every amount of an order is a multiple of it. */
export function quantumOf(currency: string): number {
  return quanta[currency] ?? 1;
}

/** An amount rounded half up to a multiple of the quantum. */
export function toQuantum(amountMinor: number, quantum: number): number {
  return Math.floor((amountMinor + quantum / 2) / quantum) * quantum;
}

/** A share of an amount in hundredths of a percent, rounded half up to a multiple of the quantum. */
export function shareOf(amountMinor: number, basisPoints: number, quantum = 1): number {
  return divideHalfUp(BigInt(amountMinor) * BigInt(basisPoints), basisPointsPerWhole, quantum);
}

/** The tax that an amount with tax contains: the amount less its net amount, which is rounded half up. */
export function taxIncludedIn(grossMinor: number, basisPoints: number, quantum = 1): number {
  const whole = BigInt(grossMinor) * BigInt(basisPointsPerWhole);
  return grossMinor - divideHalfUp(whole, basisPointsPerWhole + basisPoints, quantum);
}

/** dividend / divisor, rounded half up to a multiple of the quantum. */
function divideHalfUp(dividend: bigint, divisor: number, quantum: number): number {
  const step = BigInt(divisor) * BigInt(quantum);
  return Number((dividend * 2n + step) / (step * 2n)) * quantum;
}

/**
 * Splits a total by weights into multiples of the quantum that add up to it exactly, by the largest remainder method: each
 * part gets its share rounded down, and the quanta left over go to the parts with the largest remainders, at equality to the
 * earlier part. Without any weight the first part gets everything.
 *
 * @throws RangeError when the total is no multiple of the quantum.
 */
export function apportion(totalMinor: number, weights: readonly number[], quantum = 1): number[] {
  const total = quantaIn(totalMinor, quantum);
  const sum = weights.reduce((all, weight) => all + weight, 0);
  if (sum <= 0) return weights.map((_, index) => (index === 0 ? totalMinor : 0));
  const exact = weights.map((weight) => BigInt(total) * BigInt(weight));
  const parts = exact.map((product) => Number(product / BigInt(sum)));
  const left = total - parts.reduce((all, part) => all + part, 0);
  const byRemainder = exact
    .map((product, index) => ({ index, remainder: product % BigInt(sum) }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder < b.remainder ? 1 : -1));
  for (const { index } of byRemainder.slice(0, left)) parts[index] = (parts[index] ?? 0) + 1;
  return parts.map((part) => part * quantum);
}

/**
 * What the units `from` to `to` (counted from 0, `to` excluded) have of a total that is fixed over `count` units: each has the
 * quotient, and the first ones one quantum more, as many as the remainder says. So any runs of units add up to the total.
 *
 * @throws RangeError when the total is no multiple of the quantum or the units are not among `count`.
 */
export function shareOfUnits(
  totalMinor: number,
  count: number,
  { from, to }: { readonly from: number; readonly to: number },
  quantum = 1,
): number {
  if (from < 0 || to > count || from > to) throw new RangeError(`units ${from} to ${to} of ${count}`);
  const total = quantaIn(totalMinor, quantum);
  const quotient = Math.floor(total / count);
  const remainder = total - quotient * count;
  const dearer = Math.max(0, Math.min(to, remainder) - from);
  return (quotient * (to - from) + dearer) * quantum;
}

function quantaIn(totalMinor: number, quantum: number): number {
  if (totalMinor % quantum !== 0) throw new RangeError(`${totalMinor} is no multiple of ${quantum}`);
  return totalMinor / quantum;
}
