const gramsPerOunce = 28.349523125;
const tenthsPerOunce = 10;

/** The least weight that can be declared: carriers accept no parcel without a weight. */
const leastTenths = 1;

/** Weight in ounces with one decimal, the unit of the carrier gateway. Rounded up, so that postage is sufficient. */
export function toOunces(weightGrams: number): number {
  const tenths = Math.ceil((weightGrams / gramsPerOunce) * tenthsPerOunce);
  return Math.max(tenths, leastTenths) / tenthsPerOunce;
}
