import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pricePoints } from '../../bench/replay/price-points.ts';

describe('an amount is divided by its units', () => {
  test('an amount that divides evenly has one price', () => {
    expect(pricePoints(300, 3)).toEqual([{ unitPriceMinor: 100, quantity: 3 }]);
  });

  test('another amount has two prices, a cent apart', () => {
    expect(pricePoints(302, 3)).toEqual([
      { unitPriceMinor: 100, quantity: 1 },
      { unitPriceMinor: 101, quantity: 2 },
    ]);
  });

  test('in a currency that is charged in tens of its minor unit, prices are multiples of ten', () => {
    expect(pricePoints(3_470, 2, 10)).toEqual([
      { unitPriceMinor: 1_730, quantity: 1 },
      { unitPriceMinor: 1_740, quantity: 1 },
    ]);
  });

  test('the sums of units and money stay the same', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.integer({ min: 1, max: 10_000 }), (amountMinor, quantity) => {
        const points = pricePoints(amountMinor, quantity);
        expect(points.reduce((sum, point) => sum + point.quantity, 0)).toBe(quantity);
        expect(points.reduce((sum, point) => sum + point.quantity * point.unitPriceMinor, 0)).toBe(amountMinor);
        expect(points.every((point) => point.quantity > 0)).toBe(true);
      }),
    );
  });
});
