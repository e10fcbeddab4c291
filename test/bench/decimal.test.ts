import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimalOf, product, quotientUp, showDecimal, toMinor, wholeDecimal } from '../../bench/replay/file/decimal.ts';

const decimal = (text: string) => decimalOf(text) ?? expect.fail(`no decimal: ${text}`);

describe('a decimal number', () => {
  test.each([
    ['957.5775', 95_758, false],
    ['2.345', 235, false],
    ['2.3449', 234, false],
    // As a binary fraction it is a little less than 1.005.
    ['1.005', 101, false],
    ['14.62', 1_462, true],
    ['14.620', 1_462, true],
    ['0.5', 50, true],
    ['7', 700, true],
    ['0.004', 0, false],
  ])('%s is %i cents, rounded half up', (text, minor, exact) => {
    expect(toMinor(decimal(text), 2)).toEqual({ minor, exact });
  });

  test('is rounded to the digits of its currency', () => {
    expect(toMinor(decimal('1234.5'), 0)).toEqual({ minor: 1_235, exact: false });
    expect(toMinor(decimal('1.2345'), 3)).toEqual({ minor: 1_235, exact: false });
    expect(toMinor(decimal('1.235'), 3, 10)).toEqual({ minor: 1_240, exact: false });
  });

  test.each(['', '1e3', '1,5', '.5', '5.', '+1', '1.0000000000001', 'NaN'])('%j is none', (text) => {
    expect(decimalOf(text)).toBeUndefined();
  });

  test('has exact products with whole numbers', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(99_999), fc.nat(10_000), (whole, fraction, factor) => {
        const value = decimal(`${whole}.${`${fraction}`.padStart(5, '0')}`);
        expect(toMinor(value * BigInt(factor), 5)).toEqual({
          minor: (whole * 100_000 + fraction) * factor,
          exact: true,
        });
        expect(product(value, wholeDecimal(factor))).toBe(value * BigInt(factor));
      }),
    );
  });

  test.each([
    ['22.368', '1.6', 2, '13.98'],
    ['10', '3', 2, '3.34'],
    ['10', '4', 0, '3'],
  ])('%s divided by %s with %i digits is %s', (dividend, divisor, digits, expected) => {
    expect(quotientUp(decimal(dividend), decimal(divisor), digits)).toBe(decimal(expected));
  });

  test.each([
    ['1234567.8', 2, '1,234,567.80'],
    ['-0.2097', 2, '-0.2097'],
    ['5', 0, '5'],
  ])('%s is shown with %i digits as %s', (text, digits, expected) => {
    expect(showDecimal(decimal(text), digits)).toBe(expected);
  });
});
