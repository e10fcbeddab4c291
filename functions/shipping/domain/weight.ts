const gramsPerOunce = 28.349523125;
const tenthsPerOunce = 10;

/** Carriers know no parcel without a weight: a tenth of an ounce is the least that can be declared. */
const leastTenths = 1;

/** Weight in ounces with one decimal, as the carrier gateway counts, rounded up so that postage is never short. */
export function toOunces(weightGrams: number): number {
  const tenths = Math.ceil((weightGrams / gramsPerOunce) * tenthsPerOunce);
  return Math.max(tenths, leastTenths) / tenthsPerOunce;
}
