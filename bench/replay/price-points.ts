/** Units of a product at one price. A row of the file becomes one or two of them. */
export interface PricePoint {
  readonly unitPriceMinor: number;
  readonly quantity: number;
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
