import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CountryTaxes, Market } from '../../../../api/settings.ts';
import { shipmentAmounts } from '../../../../functions/fulfillment/domain/shipment-amounts.ts';
import { amountsOfShipping, amountsOfUnits } from '../../../../functions/orders/domain/unit-amounts.ts';
import type { Discount } from '../../../../functions/pricing/domain/discount.ts';
import {
  type PricedOrder,
  type PricedProduct,
  type PricingRequest,
  priceOptions,
  priceOrder,
} from '../../../../functions/pricing/domain/price-order.ts';
import { apportion, quantumOf, shareOfUnits, taxIncludedIn } from '../../../../functions/shared/kernel/money.ts';
import { isRefusal } from '../../../../functions/shared/kernel/refusal.ts';

const now = '2026-11-29T12:00:00.000Z';

/** What an order is priced from, as one value, so that a property can draw it. */
interface Case {
  readonly currency: string;
  readonly prices: 'net' | 'tax_included';
  readonly standard: number;
  readonly reduced: number;
  readonly baseMinor: number;
  readonly lines: readonly { price: number; quantity: number; category: PricedProduct['taxCategory'] }[];
  readonly discounts: readonly Discount[];
}

function priceOf({ currency, prices, standard, reduced, baseMinor, lines, discounts }: Case) {
  const market: Market = {
    ...{ marketId: 'm', currency, prices },
    shipping: [
      { optionId: 'a', title: 'A', rates: [{ fromValueMinor: 0, baseMinor, perFurtherKilogramMinor: 10 }] },
      {
        optionId: 'b',
        title: 'B',
        rates: [{ fromValueMinor: 0, baseMinor: baseMinor * 2, perFurtherKilogramMinor: 0 }],
      },
    ],
  };
  const taxes: CountryTaxes[] = [
    { country: 'DE', source: 'drawn', rates: [{ from: '2026-01-01', standard, reduced }] },
  ];
  const products = new Map(
    lines.map(({ price, category }, index): [string, PricedProduct] => [
      `S${index}`,
      { title: 'T', prices: [{ currency, amountMinor: price }], weightGrams: 300, taxCategory: category, active: true },
    ]),
  );
  const wanted = lines.map(({ quantity }, index) => ({ sku: `S${index}`, quantity }));
  const request: PricingRequest = { currency, country: 'DE', lines: wanted, discounts, now };
  return { request, products, book: { markets: [market], taxes } };
}

function pricedOf(drawn: Case): PricedOrder {
  const { request, products, book } = priceOf(drawn);
  const priced = priceOrder(request, products, book);
  if (isRefusal(priced)) throw new Error(JSON.stringify(priced));
  return priced as PricedOrder;
}

const discount = (change: Partial<Discount>): Discount => ({
  ...{ code: 'D', title: 'D', automatic: true, active: true, on: 'order', oncePerCustomer: false },
  value: { basisPoints: 1_000 },
  ...change,
});

const anyDiscount = fc
  .record({
    code: fc.constantFrom('A', 'B', 'C'),
    on: fc.constantFrom('lines', 'order', 'shipping' as const),
    basisPoints: fc.option(fc.integer({ min: 1, max: 10_000 }), { nil: undefined }),
    amountMinor: fc.integer({ min: 0, max: 5_000_000 }),
    skus: fc.option(fc.constantFrom(['S0'], ['S0', 'S1']), { nil: undefined }),
  })
  .map(({ code, on, basisPoints, amountMinor, skus }) =>
    discount({
      ...{ code, on, skus },
      value:
        basisPoints === undefined
          ? { amounts: ['EUR', 'JPY', 'KWD', 'MGA'].map((currency) => ({ currency, amountMinor })) }
          : { basisPoints },
    }),
  );

const anyCase: fc.Arbitrary<Case> = fc.record({
  currency: fc.constantFrom('EUR', 'JPY', 'KWD', 'MGA'),
  prices: fc.constantFrom('net', 'tax_included' as const),
  standard: fc.integer({ min: 0, max: 3_000 }),
  reduced: fc.integer({ min: 0, max: 3_000 }),
  baseMinor: fc.integer({ min: 0, max: 10_000 }),
  lines: fc.array(
    fc.record({
      price: fc.integer({ min: 0, max: 2_000_000 }),
      quantity: fc.integer({ min: 1, max: 20 }),
      category: fc.constantFrom('standard', 'reduced', 'zero' as const),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  discounts: fc.array(anyDiscount, { maxLength: 3 }),
});

const sum = (amounts: readonly number[]) => amounts.reduce((all, each) => all + each, 0);

describe('for any lines, rates, discounts and currency', () => {
  it('the parts of an order add up to it, none is negative, and each is a multiple of the quantum', () => {
    fc.assert(
      fc.property(anyCase, (drawn) => {
        const { lines, totals, taxIncluded } = pricedOf(drawn);
        const quantum = quantumOf(drawn.currency);
        expect(sum(lines.map(({ totalMinor }) => totalMinor))).toBe(totals.subtotalMinor);
        expect(sum(lines.map(({ discountMinor = 0 }) => discountMinor))).toBe(totals.discountMinor ?? 0);
        expect(sum(lines.map(({ taxMinor }) => taxMinor)) + totals.shippingTaxMinor).toBe(totals.taxMinor);
        const goods = totals.subtotalMinor - (totals.discountMinor ?? 0);
        expect(goods + totals.shippingMinor + (taxIncluded ? 0 : totals.taxMinor)).toBe(totals.totalMinor);
        for (const { totalMinor, discountMinor = 0, taxMinor } of lines) {
          expect(totalMinor - discountMinor).toBeGreaterThanOrEqual(taxIncluded ? taxMinor : 0);
          for (const amount of [totalMinor, discountMinor, taxMinor])
            expect([amount >= 0, amount % quantum]).toEqual([true, 0]);
        }
        for (const amount of Object.values(totals)) expect([amount >= 0, amount % quantum]).toEqual([true, 0]);
      }),
    );
  });

  it('a price with tax is charged exactly', () => {
    fc.assert(
      fc.property(anyCase, (drawn) => {
        const { lines, totals } = pricedOf({ ...drawn, prices: 'tax_included', discounts: [] });
        const quantum = quantumOf(drawn.currency);
        for (const [index, { totalMinor }] of lines.entries()) {
          const { price = 0, quantity = 0 } = drawn.lines[index] ?? {};
          expect(totalMinor).toBe(Math.floor((price + quantum / 2) / quantum) * quantum * quantity);
        }
        expect(totals.totalMinor).toBe(totals.subtotalMinor + totals.shippingMinor);
      }),
    );
  });

  it('the units of a line add up to it, in any runs, and the parcels of an order to its total, in any order', () => {
    const division = fc.tuple(anyCase, fc.infiniteStream(fc.integer({ min: 0, max: 2 })));
    fc.assert(
      fc.property(division, ([drawn, choices]) => {
        const priced = pricedOf(drawn);
        const order = { ...priced, currency: drawn.currency };
        const parcels = [0, 1, 2].map(() => new Map<string, number>());
        for (const { lineId, quantity } of priced.lines) {
          for (let unit = 0; unit < quantity; unit++) {
            const parcel = parcels[choices.next().value as number];
            parcel?.set(lineId, (parcel.get(lineId) ?? 0) + 1);
          }
        }
        const contents = parcels.map((parcel) => ({
          lines: [...parcel].map(([lineId, quantity]) => ({ lineId, quantity })),
        }));
        const amounts = shipmentAmounts(order, contents);
        for (const amount of amounts) expect(amount).toBeGreaterThanOrEqual(0);
        expect(sum(amounts) + amountsOfShipping(order).grossMinor).toBe(priced.totals.totalMinor);
        for (const line of priced.lines) {
          const one = Array.from({ length: line.quantity }, (_, unit) =>
            amountsOfUnits(order, line, { from: unit, to: unit + 1 }),
          );
          const all = amountsOfUnits(order, line, { from: 0, to: line.quantity });
          for (const part of ['netMinor', 'taxMinor', 'grossMinor'] as const)
            expect(sum(one.map((each) => each[part]))).toBe(all[part]);
          for (const each of one) expect(Math.min(each.netMinor, each.taxMinor)).toBeGreaterThanOrEqual(0);
          expect(all.taxMinor).toBe(line.taxMinor);
        }
      }),
    );
  });

  it('pricing twice gives the same, and an order amounts to its quote, with each way of shipping', () => {
    fc.assert(
      fc.property(anyCase, (drawn) => {
        const { request, products, book } = priceOf(drawn);
        expect(priceOrder(request, products, book)).toEqual(priceOrder(request, products, book));
        for (const { option, priced } of priceOptions(request, products, book)) {
          const { totalMinor } = priced.totals;
          const placed = priceOrder(
            { ...request, shippingOption: option.optionId, expectedTotalMinor: totalMinor },
            products,
            book,
          );
          expect(placed).toEqual(priced);
          const other = priceOrder(
            { ...request, shippingOption: option.optionId, expectedTotalMinor: totalMinor + 1 },
            products,
            book,
          );
          expect(other).toMatchObject({ refused: { code: 'PRICE_CHANGED' } });
        }
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('amounts from the field', () => {
  const unitsOf = (total: number, count: number) =>
    Array.from({ length: count }, (_, unit) => shareOfUnits(total, count, { from: unit, to: unit + 1 }));
  const net = { currency: 'EUR', prices: 'net', standard: 1_900, reduced: 700, baseMinor: 490, discounts: [] } as const;
  const line = (price: number, quantity: number, category: PricedProduct['taxCategory'] = 'standard') => ({
    price,
    quantity,
    category,
  });

  it('ten units one by one are the line: 14.93 with 20 %', () => {
    const units = unitsOf(2_986, 10).map((tax) => 1_493 + tax);
    expect(units).toEqual([...Array(6).fill(1_792), ...Array(4).fill(1_791)]);
    expect(sum(units)).toBe(17_916);
  });

  it('the tax of a line stays with it: two lines and shipping at 10 %', () => {
    const { lines, totals } = pricedOf({
      ...net,
      standard: 1_000,
      baseMinor: 890,
      lines: [line(10_000, 1), line(11_000, 1)],
    });
    expect([lines.map(({ taxMinor }) => taxMinor), totals.shippingTaxMinor, totals.totalMinor]).toEqual([
      [1_000, 1_100],
      89,
      24_079,
    ]);
  });

  it('a standard and a reduced rate: 29.90 at 21 % and 2.99 at 9 %, shipping at 21 %', () => {
    const { lines, totals } = pricedOf({
      ...net,
      standard: 2_100,
      reduced: 900,
      lines: [line(2_990, 1), line(299, 1, 'reduced')],
    });
    expect([lines.map(({ taxMinor }) => taxMinor), totals.shippingTaxMinor, totals.totalMinor]).toEqual([
      [628, 27],
      103,
      4_537,
    ]);
  });

  it('two parcels of two rates are captured for what is in them', () => {
    const priced = pricedOf({ ...net, lines: [line(10_000, 1), line(10_000, 1, 'reduced')] });
    const order = { ...priced, currency: 'EUR' };
    const [first, second] = [['1'], ['2']].map((ids) => ({ lines: ids.map((lineId) => ({ lineId, quantity: 1 })) }));
    expect(priced.totals.totalMinor).toBe(23_183);
    expect(shipmentAmounts(order, [first, second] as never)).toEqual([11_900, 10_700]);
    expect(11_900 + amountsOfShipping(order).grossMinor).toBe(12_483);
  });

  it('shares of a discount stay with their lines', () => {
    const tenOff = discount({ value: { amounts: [{ currency: 'EUR', amountMinor: 1_000 }] } });
    const shares = (prices: number[], amountMinor: number) =>
      pricedOf({
        ...net,
        ...{ standard: 0, baseMinor: 0, lines: prices.map((price) => line(price, 1)) },
        discounts: [{ ...tenOff, value: { amounts: [{ currency: 'EUR', amountMinor }] } }],
      }).lines.map(({ discountMinor }) => discountMinor);
    expect(shares([5_000, 1_000], 1_000)).toEqual([833, 167]);
    expect(shares([15_000, 6_000], 4_200)).toEqual([3_000, 1_200]);
    const two = pricedOf({
      ...net,
      standard: 1_000,
      baseMinor: 0,
      lines: [line(10_000, 2)],
      discounts: [discount({ value: { amounts: [{ currency: 'EUR', amountMinor: 2_000 }] } })],
    });
    const order = { ...two, currency: 'EUR' };
    expect(two.lines.map((each) => amountsOfUnits(order, each, { from: 0, to: 1 }).grossMinor)).toEqual([9_900]);
  });

  it('yen have no fractions: 1,980 at 10 % and five of 734 at 8 %', () => {
    const { lines, totals } = pricedOf({
      ...net,
      currency: 'JPY',
      standard: 1_000,
      reduced: 800,
      baseMinor: 660,
      lines: [line(1_980, 1), line(734, 5, 'reduced')],
    });
    // Five kilograms and more would cost more; six units of 300 g weigh 1.8 kg, one further kilogram.
    expect(totals).toMatchObject({ shippingMinor: 670, shippingTaxMinor: 67 });
    expect(lines.map(({ taxMinor }) => taxMinor)).toEqual([198, 294]);
    expect(unitsOf(294, 5).map((tax) => 734 + tax)).toEqual([793, 793, 793, 793, 792]);
  });

  it('three decimals, and none that look like two', () => {
    expect(apportion(10_000, [1, 1, 1], quantumOf('KWD'))).toEqual([3_340, 3_330, 3_330]);
    expect(apportion(1_000_000, [1, 1, 1], quantumOf('MGA'))).toEqual([333_400, 333_300, 333_300]);
    expect(() => apportion(10_001, [1, 1], quantumOf('KWD'))).toThrow(RangeError);
  });

  it('9.99 with 19 % has 1.60 of tax in it', () => {
    expect(taxIncludedIn(999, 1_900)).toBe(160);
  });
});
