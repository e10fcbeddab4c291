/**
 * A decimal number without rounding, as a multiple of 10^-12. Files have amounts with fractions of a cent, and binary
 * fractions cannot hold them: 1.005 would be a little less than 1.005.
 */
export type Decimal = bigint;

const decimals = 12;
const one = 10n ** BigInt(decimals);

/** Undefined unless the text is a plain decimal number with at most twelve decimals, such as `957.5775`. */
export function decimalOf(text: string): Decimal | undefined {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined || fraction.length > decimals) return undefined;
  const value = BigInt(whole) * one + BigInt(fraction.padEnd(decimals, '0'));
  return sign === '-' ? -value : value;
}

/** The decimal of a whole number. */
export function wholeDecimal(value: number): Decimal {
  return BigInt(value) * one;
}

/** The quotient, rounded up to a number of digits after the point. Both numbers are positive. */
export function quotientUp(dividend: Decimal, divisor: Decimal, digits: number): Decimal {
  const step = stepOf(digits);
  const units = dividend * one;
  const unit = divisor * step;
  return ((units + unit - 1n) / unit) * step;
}

/** The product of two decimals. Digits after the twelfth are cut off. */
export function product(a: Decimal, b: Decimal): Decimal {
  return (a * b) / one;
}

/**
 * The amount in minor units of a currency, rounded half up to a multiple of its quantum, and whether that is the amount
 * exactly.
 *
 * @param amount not negative
 * @param digits of the currency after the point
 */
export function toMinor(amount: Decimal, digits: number, quantum = 1): { minor: number; exact: boolean } {
  const step = stepOf(digits) * BigInt(quantum);
  return { minor: Number((amount + step / 2n) / step) * quantum, exact: amount % step === 0n };
}

/** The decimal of an amount in minor units. */
export function fromMinor(minor: number, digits: number): Decimal {
  return BigInt(minor) * stepOf(digits);
}

/** The number with separated thousands and at least the given number of decimals; more if it has more. */
export function showDecimal(value: Decimal, digits: number): string {
  const size = value < 0n ? -value : value;
  const fraction = (size % one).toString().padStart(decimals, '0').replace(/0+$/, '').padEnd(digits, '0');
  const whole = (size / one).toLocaleString('en-US');
  return `${value < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

function stepOf(digits: number): bigint {
  return 10n ** BigInt(decimals - digits);
}
