/** Units of a product at one price: what a line of the file becomes. */
export interface PricePoint {
  readonly unitPriceMinor: number;
  readonly quantity: number;
}

/**
 * An amount of money in cents, rounded half up. It is read digit by digit, so that no binary fraction decides.
 *
 * @throws RangeError for anything but a plain decimal number such as `957.5775`.
 */
export function centsOf(amount: string): number {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(amount) ?? [];
  if (whole === undefined) throw new RangeError(`not an amount: ${amount}`);
  const cents = Number(whole) * 100 + Number(fraction.slice(0, 2).padEnd(2, '0'));
  return Number(fraction[2] ?? 0) >= 5 ? cents + 1 : cents;
}

/**
 * Splits an amount over its units such that units and money are kept to the cent: what does not divide makes two
 * price points, one cent apart.
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
