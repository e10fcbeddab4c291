import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apportion, shareOf } from '../../../../functions/shared/kernel/money.ts';

const amount = fc.integer({ min: 0, max: 999_999_999_999 });
const weights = fc.array(fc.integer({ min: 0, max: 1_000_000_000_000 }), { minLength: 1, maxLength: 20 });

describe('an amount split by weights', () => {
  it('loses nothing and gains nothing', () => {
    fc.assert(
      fc.property(amount, weights, (total, shares) => {
        const parts = apportion(total, shares);
        expect(parts).toHaveLength(shares.length);
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(total);
      }),
    );
  });

  it('gives each part its exact share, rounded down or up', () => {
    fc.assert(
      fc.property(amount, weights, (total, shares) => {
        const sum = shares.reduce((all, share) => all + BigInt(share), 0n);
        fc.pre(sum > 0n);
        for (const [index, part] of apportion(total, shares).entries()) {
          const floor = Number((BigInt(total) * BigInt(shares[index] ?? 0)) / sum);
          expect([floor, floor + 1]).toContain(part);
        }
      }),
    );
  });

  it('gives what is left to the largest remainders, the first ones among equals', () => {
    expect(apportion(100, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(apportion(101, [1, 1, 1])).toEqual([34, 34, 33]);
    expect(apportion(10, [65, 30, 5])).toEqual([7, 3, 0]);
  });

  it('goes to the first part when no part weighs anything', () => {
    expect(apportion(7, [0, 0])).toEqual([7, 0]);
  });
});

describe('a share in basis points', () => {
  it('is rounded half up to a whole minor unit', () => {
    expect([shareOf(49, 1_000), shareOf(50, 1_000), shareOf(45, 1_000), shareOf(44, 1_000)]).toEqual([5, 5, 5, 4]);
  });

  it('is exact for every amount that an order may have', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 0, max: 3_000 }), (whole, points) => {
        expect(BigInt(shareOf(whole, points))).toBe((BigInt(whole) * BigInt(points) + 5_000n) / 10_000n);
      }),
    );
  });
});
