const known = new Map<string, number>();

/**
 * The smallest amount that can be charged in a currency, in minor units, where it is not one: the payment gateway takes the
 * currencies with three decimals with a last digit of 0, and the ariary without decimals.
 */
const quanta: Readonly<Record<string, number>> = { BHD: 10, JOD: 10, KWD: 10, OMR: 10, TND: 10, MGA: 100 };

/** The smallest amount of a currency that can be charged, in minor units. */
export function quantumOf(currency: string): number {
  return quanta[currency] ?? 1;
}

/** Digits of a currency after the point by ISO 4217, as the runtime knows them (ECMA-402, CurrencyDigits). */
export function digitsOf(currency: string): number {
  let digits = known.get(currency);
  if (digits === undefined) {
    digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
    known.set(currency, digits);
  }
  return digits;
}
