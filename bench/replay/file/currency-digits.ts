const known = new Map<string, number>();

/** Digits of a currency after the point by ISO 4217, as the runtime knows them (ECMA-402, CurrencyDigits). */
export function digitsOf(currency: string): number {
  let digits = known.get(currency);
  if (digits === undefined) {
    digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
    known.set(currency, digits);
  }
  return digits;
}
