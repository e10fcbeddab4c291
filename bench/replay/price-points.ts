/** Units of a product at one price. A row of the file becomes one or two of them. */
export interface PricePoint {
  readonly unitPriceMinor: number;
  readonly quantity: number;
}

/**
 * Converts a decimal amount to cents, rounded half up, by its digits and without floating point.
 *
 * @throws RangeError unless the text is a plain decimal number such as `957.5775`.
 */
export function centsOf(amount: string): number {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(amount) ?? [];
  if (whole === undefined) throw new RangeError(`not an amount: ${amount}`);
  const cents = Number(whole) * 100 + Number(fraction.slice(0, 2).padEnd(2, '0'));
  return Number(fraction[2] ?? 0) >= 5 ? cents + 1 : cents;
}

/**
 * Divides an amount by the units without losing a cent: an amount that does not divide evenly becomes two price points, one
 * cent apart.
 */
export function pricePoints(amountMinor: number, quantity: number): PricePoint[] {
  const floor = Math.floor(amountMinor / quantity);
  const dearer = amountMinor % quantity;
  const points = [
    { unitPriceMinor: floor, quantity: quantity - dearer },
    { unitPriceMinor: floor + 1, quantity: dearer },
  ];
  return points.filter((point) => point.quantity > 0);
}
