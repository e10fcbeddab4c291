/** @throws RangeError unless the quantity is a whole number from `least` on. A negative one would turn a sale into a receipt. */
export function assertUnits(quantity: number, least = 1): void {
  if (!Number.isSafeInteger(quantity) || quantity < least) throw new RangeError(`${quantity} is not a number of units`);
}
