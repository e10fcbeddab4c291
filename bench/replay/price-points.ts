/** Units of a product at one price. A row of the file becomes one or two of them. */
export interface PricePoint {
  readonly unitPriceMinor: number;
  readonly quantity: number;
}

/**
 * Divides an amount by the units without losing a cent: an amount that does not divide evenly becomes two price points, one
 * cent apart. In a currency with another quantum than one minor unit they are a quantum apart.
 */
export function pricePoints(amountMinor: number, quantity: number, quantum = 1): PricePoint[] {
  const quanta = amountMinor / quantum;
  const unitPriceMinor = Math.floor(quanta / quantity) * quantum;
  const dearer = quanta % quantity;
  const points = [
    { unitPriceMinor, quantity: quantity - dearer },
    { unitPriceMinor: unitPriceMinor + quantum, quantity: dearer },
  ];
  return points.filter((point) => point.quantity > 0);
}
