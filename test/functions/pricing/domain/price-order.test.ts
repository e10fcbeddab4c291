import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Market } from '../../../../api/settings.ts';
import { maxTotalMinor } from '../../../../api/vocabulary.ts';
import { shippingCharge } from '../../../../functions/pricing/domain/market.ts';
import {
  type PriceBook,
  type PricedProduct,
  priceOptions,
  priceOrder,
} from '../../../../functions/pricing/domain/price-order.ts';
import { taxRatesOn } from '../../../../functions/pricing/domain/tax-rates.ts';
import { defaultSetting } from '../../../../functions/settings/index.ts';
import { isRefusal } from '../../../../functions/shared/kernel/refusal.ts';
import { refusalCode } from '../../orders/given.ts';

const product = (change: Partial<PricedProduct> = {}): PricedProduct => ({
  title: 'Mug',
  prices: [{ currency: 'EUR', amountMinor: 1_000 }],
  weightGrams: 300,
  taxCategory: 'standard',
  active: true,
  ...change,
});

const now = '2026-11-22T09:30:00.000Z';
const markets = defaultSetting('markets').value;
const taxes = defaultSetting('taxes').value;
const usual: PriceBook = { markets, taxes };
const ratesOf = (country: string) => taxRatesOn(taxes, country, '2026-11-22') ?? { standard: 0, reduced: 0, zero: 0 };

/** The usual markets with the same charge for shipping everywhere. */
const shippingAt = (baseMinor: number): Market[] =>
  markets.map((market) => ({
    ...market,
    shipping: [
      { optionId: 'one', title: 'One', rates: [{ fromValueMinor: 0, baseMinor, perFurtherKilogramMinor: 0 }] },
    ],
  }));
const freeShipping: PriceBook = { markets: shippingAt(0), taxes };
const taxOf = (standard: number) => [
  { country: 'DE', source: 'a test', rates: [{ from: '2026-01-01', standard, reduced: 0 }] },
];

/** Prices lines of these products, one unit of each unless said otherwise. */
function price(
  products: Record<string, PricedProduct>,
  request: {
    country?: string;
    currency?: string;
    quantities?: Record<string, number>;
    expectedTotalMinor?: number;
    order?: string[];
  } = {},
  book = usual,
) {
  const { country = 'DE', currency = 'EUR', quantities = {}, expectedTotalMinor } = request;
  const skus = request.order ?? Object.keys(products);
  const lines = skus.map((sku) => ({ sku, quantity: quantities[sku] ?? 1 }));
  return priceOrder({ country, currency, lines, expectedTotalMinor, now }, new Map(Object.entries(products)), book);
}

function totalsOf(priced: ReturnType<typeof price>) {
  if (isRefusal(priced)) throw new Error(JSON.stringify(priced));
  return priced.totals;
}

describe('the price of an order', () => {
  it('is the catalog price by the quantity, plus shipping, plus tax on both', () => {
    expect(price({ MUG: product() }, { quantities: { MUG: 3 } })).toEqual({
      lines: [
        {
          lineId: '1',
          sku: 'MUG',
          title: 'Mug',
          quantity: 3,
          unitPriceMinor: 1_000,
          totalMinor: 3_000,
          weightGrams: 300,
          taxMinor: 570,
          taxBasisPoints: 1_900,
        },
      ],
      totals: { subtotalMinor: 3_000, shippingMinor: 490, taxMinor: 663, shippingTaxMinor: 93, totalMinor: 4_153 },
      shippingOption: 'standard',
      onlyShippingOption: true,
    });
  });

  it('numbers the lines in the order of the request', () => {
    const priced = price({ A: product(), B: product() }, { order: ['B', 'A'] });
    expect(isRefusal(priced) || priced.lines.map(({ lineId, sku }) => [lineId, sku])).toEqual([
      ['1', 'B'],
      ['2', 'A'],
    ]);
  });

  it('takes each product at the rate of its tax category', () => {
    const products = {
      LAMP: product({ prices: [{ currency: 'EUR', amountMinor: 10_000 }] }),
      BOOK: product({ prices: [{ currency: 'EUR', amountMinor: 2_000 }], taxCategory: 'reduced' }),
      GIFT: product({ prices: [{ currency: 'EUR', amountMinor: 5_000 }], taxCategory: 'zero' }),
    };
    expect(totalsOf(price(products, {}, freeShipping)).taxMinor).toBe(1_900 + 140);
  });

  it('is free of tax where the country has none in the table', () => {
    expect(totalsOf(price({ MUG: product() }, { country: 'US' })).taxMinor).toBe(0);
  });

  it('rounds tax half up, once for each category, not once for each line', () => {
    const small = product({ prices: [{ currency: 'EUR', amountMinor: 3 }] });
    // 10 lines of 3 cents: 19 % of 30 is 5.7; line by line it would be ten times 0.57, that is 10.
    const products = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`S${index}`, small]));
    expect(totalsOf(price(products, {}, freeShipping)).taxMinor).toBe(6);
    const taxOn = (amountMinor: number) =>
      totalsOf(price({ S: product({ prices: [{ currency: 'EUR', amountMinor }] }) }, {}, freeShipping)).taxMinor;
    expect([taxOn(50), taxOn(49)]).toEqual([10, 9]);
  });

  it('charges shipping by every kilogram begun beyond the first', () => {
    const [option] = markets.find(({ currency }) => currency === 'EUR')?.shipping ?? [];
    const byWeight = [0, 1, 1_000, 1_001, 2_000, 2_001].map((grams) => option && shippingCharge(option, 0, grams));
    expect(byWeight).toEqual([490, 490, 490, 580, 580, 670]);
  });

  it('weighs all units of all lines', () => {
    const products = { A: product({ weightGrams: 600 }), B: product({ weightGrams: 300 }) };
    expect(totalsOf(price(products, { quantities: { A: 2, B: 3 } })).shippingMinor).toBe(490 + 2 * 90);
  });

  it('has no fractions in a currency without minor units', () => {
    const yen = product({ prices: [{ currency: 'JPY', amountMinor: 1_980 }], weightGrams: 1_500 });
    expect(totalsOf(price({ MUG: yen }, { country: 'JP', currency: 'JPY' }))).toEqual({
      subtotalMinor: 1_980,
      shippingMinor: 800,
      taxMinor: 278,
      shippingTaxMinor: 80,
      totalMinor: 3_058,
    });
  });

  it('uses the price of the currency asked for', () => {
    const mug = product({
      prices: [
        { currency: 'EUR', amountMinor: 1_000 },
        { currency: 'USD', amountMinor: 1_200 },
      ],
    });
    expect(totalsOf(price({ MUG: mug }, { currency: 'USD', country: 'US' })).subtotalMinor).toBe(1_200);
  });

  it('is an integer and adds up, for any lines', () => {
    const line = fc.record({
      amountMinor: fc.integer({ min: 0, max: 100_000_00 }),
      quantity: fc.integer({ min: 1, max: 100 }),
      weightGrams: fc.integer({ min: 0, max: 40_000 }),
      taxCategory: fc.constantFrom('standard', 'reduced', 'zero' as const),
    });
    const country = fc.constantFrom('DE', 'FI', 'CH', 'US');
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 50 }), country, (lines, where) => {
        const products = new Map(
          lines.map(({ amountMinor, weightGrams, taxCategory }, index) => [
            `S${index}`,
            product({ prices: [{ currency: 'EUR', amountMinor }], weightGrams, taxCategory }),
          ]),
        );
        const wanted = lines.map(({ quantity }, index) => ({ sku: `S${index}`, quantity }));
        const priced = priceOrder({ currency: 'EUR', country: where, lines: wanted, now }, products, usual);
        if (isRefusal(priced)) return expect(priced.refused.code).toBe('AMOUNT_TOO_LARGE');
        const { subtotalMinor, shippingMinor, taxMinor, totalMinor } = priced.totals;
        expect(priced.lines.reduce((sum, each) => sum + each.totalMinor, 0)).toBe(subtotalMinor);
        expect(subtotalMinor + shippingMinor + taxMinor).toBe(totalMinor);
        for (const amount of Object.values(priced.totals)) expect(Number.isSafeInteger(amount)).toBe(true);
        // Three categories, each rounded by at most half a unit.
        const exact = wanted.reduce(
          (sum, { sku, quantity }, index) => {
            const { prices, taxCategory } = products.get(sku) ?? product();
            const points = ratesOf(where)[taxCategory];
            expect(priced.lines[index]?.totalMinor).toBe((prices[0]?.amountMinor ?? 0) * quantity);
            return sum + ((prices[0]?.amountMinor ?? 0) * quantity * points) / 10_000;
          },
          (shippingMinor * ratesOf(where).standard) / 10_000,
        );
        expect(Math.abs(exact - taxMinor)).toBeLessThanOrEqual(1.5);
      }),
    );
  });
});

describe('an order is refused', () => {
  it('for products that are unknown or no longer for sale, with all of them listed', () => {
    const priced = price({ MUG: product(), OLD: product({ active: false }) }, { order: ['GHOST', 'MUG', 'OLD'] });
    expect(priced).toEqual({
      refused: {
        code: 'UNKNOWN_SKU',
        detail: expect.any(String),
        errors: [
          { path: 'lines.0.sku', message: 'GHOST is not for sale' },
          { path: 'lines.2.sku', message: 'OLD is not for sale' },
        ],
      },
    });
  });

  it('when a product has no price in the currency', () => {
    const priced = price({ MUG: product() }, { currency: 'USD' });
    expect(priced).toMatchObject({ refused: { code: 'CURRENCY_NOT_SOLD', errors: [{ path: 'lines.0.sku' }] } });
  });

  it('when the tariff does not have the currency, with or without a price', () => {
    const mug = product({ prices: [{ currency: 'XAU', amountMinor: 1 }] });
    const priced = price({ MUG: mug }, { currency: 'XAU' });
    expect(priced).toMatchObject({
      refused: { code: 'CURRENCY_NOT_SOLD', errors: [{ path: 'currency', message: 'nothing is sold in XAU' }] },
    });
  });

  it('for unknown products before products without a price in the currency', () => {
    expect(refusalCode(price({ MUG: product() }, { currency: 'USD', order: ['MUG', 'GHOST'] }))).toBe('UNKNOWN_SKU');
  });

  it('when its total is not the one that the customer was shown', () => {
    expect(price({ MUG: product() }, { expectedTotalMinor: 1_000 })).toMatchObject({
      refused: { code: 'PRICE_CHANGED', errors: [{ path: 'expectedTotalMinor', message: 'the total is 1773' }] },
    });
    expect(isRefusal(price({ MUG: product() }, { expectedTotalMinor: 1_773 }))).toBe(false);
  });

  it('above the largest amount that a gateway takes, and not at it', () => {
    const dear = (amountMinor: number) => product({ prices: [{ currency: 'EUR', amountMinor }] });
    expect(
      totalsOf(price({ MUG: dear(maxTotalMinor) }, {}, { markets: shippingAt(0), taxes: taxOf(0) })).totalMinor,
    ).toBe(maxTotalMinor);
    const refusals = [
      price({ MUG: dear(maxTotalMinor + 1) }, {}, { markets: shippingAt(0), taxes: taxOf(0) }),
      price({ MUG: dear(maxTotalMinor) }, {}, { markets: shippingAt(1), taxes: taxOf(0) }),
      price({ MUG: dear(maxTotalMinor) }, {}, { markets: shippingAt(0), taxes: taxOf(1) }),
      price({ MUG: dear(100_000_000_000) }, { quantities: { MUG: 10_000 } }),
    ];
    expect(refusals.map(refusalCode)).toEqual(Array(4).fill('AMOUNT_TOO_LARGE'));
  });
});

describe('the tax table', () => {
  it('has reduced rates no higher than the standard rates, all of them below 30 %', () => {
    for (const country of ['AT', 'BE', 'CH', 'DE', 'DK', 'FI', 'FR', 'GB', 'HU', 'IE', 'JP', 'NO', 'PL', 'SE']) {
      const { standard, reduced, zero } = ratesOf(country);
      expect(reduced).toBeLessThanOrEqual(standard);
      expect(standard).toBeGreaterThan(0);
      expect(standard).toBeLessThan(3_000);
      expect(zero).toBe(0);
    }
  });
});

describe('digital products', () => {
  const digital = product({ weightGrams: 40_000, digital: true });
  const pricedOf = (answer: ReturnType<typeof price>) => {
    if (isRefusal(answer)) throw new Error(JSON.stringify(answer));
    return answer as Exclude<typeof answer, { refused: unknown }>;
  };

  it('weigh nothing: they make the shipping of other products no dearer', () => {
    const alone = pricedOf(price({ MUG: product() }));
    const together = pricedOf(price({ MUG: product(), BOOK: digital }));
    expect(together.totals.shippingMinor).toBe(alone.totals.shippingMinor);
    expect(together.lines.map(({ weightGrams }) => weightGrams)).toEqual([300, 0]);
    expect(together.lines[1]).toMatchObject({ digital: true });
    expect(together.lines[0]).not.toHaveProperty('digital');
    expect(together.shippingOption).toBe(alone.shippingOption);
  });

  it('alone are not shipped, and a way of shipping that is named does not matter', () => {
    const line = { sku: 'BOOK', quantity: 3 };
    const request = { country: 'DE', currency: 'EUR', lines: [line], shippingOption: 'by-camel', now };
    const priced = pricedOf(priceOrder(request, new Map([['BOOK', digital]]), usual));
    expect(priced.totals).toEqual({
      ...{ subtotalMinor: 3_000, shippingMinor: 0, taxMinor: 570, shippingTaxMinor: 0, totalMinor: 3_570 },
    });
    expect(priced).not.toHaveProperty('shippingOption');
    expect(priceOptions(request, new Map([['BOOK', digital]]), usual)).toEqual([]);
    expect(refusalCode(priceOrder(request, new Map([['BOOK', product()]]), usual))).toBe('SHIPPING_NOT_AVAILABLE');
  });

  it('are sold where the shop knows the taxes; the refusal names the field that has the country', () => {
    const request = {
      country: 'AQ',
      countryField: 'country',
      currency: 'EUR',
      lines: [{ sku: 'BOOK', quantity: 1 }],
      now,
    };
    expect(priceOrder(request, new Map([['BOOK', digital]]), usual)).toMatchObject({
      refused: { code: 'COUNTRY_NOT_SERVED', errors: [{ path: 'country' }] },
    });
  });
});
