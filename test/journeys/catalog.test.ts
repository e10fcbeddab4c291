import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type * as z from 'zod/mini';
import type { productResource } from '../../api/catalog.ts';
import type { Local } from '../../local/index.ts';
import { type Answer, orderOf, type Problem, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';

let local: Local;
let shop: Shop;

beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true });
  shop = new Shop(local);
});

afterAll(() => local?.stop());

type Product = z.output<typeof productResource>;
type Page = { readonly items: Product[]; readonly nextCursor?: string };

const show = (sku: string): Promise<Answer<Product & Problem>> => shop.ask('', 'GET', `/catalog/${sku}`);
const availability = async (sku: string) => (await show(sku)).body.availability;

describe('the catalog', () => {
  test('is public and shows a product with its prices', async () => {
    await shop.sell('CHAIR', {
      prices: { EUR: 12_900, USD: 13_900 },
      stock: { BER: 20 },
      product: { taxCategory: 'reduced' },
    });
    const product = {
      sku: 'CHAIR',
      title: 'Title of CHAIR',
      prices: [
        { currency: 'EUR', amountMinor: 12_900 },
        { currency: 'USD', amountMinor: 13_900 },
      ],
      weightGrams: 500,
      taxCategory: 'reduced',
      active: true,
      digital: false,
      availability: 'in_stock',
    };
    expect(await show('CHAIR')).toMatchObject({ status: 200, body: product });
    const { body } = await shop.ask<Page>('', 'GET', '/catalog');
    expect(body.items.find(({ sku }) => sku === 'CHAIR')).toEqual(product);
  });

  test('answers 404 for an unknown product', async () => {
    for (const sku of ['NOTHING', 'no%20sku', '%F0%9F%98%80']) {
      expect(await show(sku)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    }
  });

  test('can be read page by page, every product once', async () => {
    const skus = Array.from({ length: 11 }, (_, index) => `PAGE-${index}`);
    for (const sku of skus) await shop.sell(sku);
    await shop.sell('PAGE-HIDDEN', { product: { active: false } });
    const seen: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined && seen.length < 100; ) {
      const { body }: Answer<Page> = await shop.ask('', 'GET', `/catalog?limit=3${cursor && `&cursor=${cursor}`}`);
      expect(body.items.length).toBeLessThanOrEqual(3);
      seen.push(...body.items.map(({ sku }) => sku));
      cursor = body.nextCursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((sku) => sku.startsWith('PAGE-')).sort()).toEqual([...skus].sort());
  });

  test.each([
    'xyz',
    Buffer.from('{"sku":7}').toString('base64url'),
    Buffer.from('{"before":"x"}').toString('base64url'),
  ])('refuses the cursor %s, which does not come from this list', async (cursor) => {
    const answer = await shop.ask('', 'GET', `/catalog?cursor=${cursor}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_CURSOR' } });
  });
});

describe('availability', () => {
  test('goes from in stock over low to out of stock with the sales, and back with a receipt', async () => {
    await shop.sell('BOWL', { stock: { BER: 7 } });
    const buy = (quantity: number) => shop.ordered('alice', orderOf('BOWL', { lines: [{ sku: 'BOWL', quantity }] }));
    const seen = [await availability('BOWL')];
    await buy(2);
    seen.push(await availability('BOWL'));
    await buy(5);
    seen.push(await availability('BOWL'));
    await shop.receive('BOWL', 'BER', 10);
    seen.push(await availability('BOWL'));
    expect(seen).toEqual(['in_stock', 'low', 'out_of_stock', 'in_stock']);
  });

  test('of a product without stock is out of stock, and does not show the number of units', async () => {
    await shop.sell('DREAM');
    const { body, text } = await show('DREAM');
    expect(body.availability).toBe('out_of_stock');
    expect(text).not.toMatch(/onHand|available"|reserved/);
  });
});

describe('a changed price', () => {
  test('applies to the next order', async () => {
    await shop.sell('VASE', { prices: { EUR: 2_000 }, stock: { BER: 10 } });
    const first = await shop.place('alice', orderOf('VASE'));
    await shop.sell('VASE', { prices: { EUR: 2_500 } });
    const second = await shop.place('alice', orderOf('VASE'));
    expect(first.body.lines).toMatchObject([{ unitPriceMinor: 2_000 }]);
    expect(second.body.lines).toMatchObject([{ unitPriceMinor: 2_500 }]);
    await local.settled();
    expect(await shop.order(first.body.orderId)).toMatchObject({ totals: first.body.totals, lines: first.body.lines });
  });

  test('refuses an order that expects the old total', async () => {
    await shop.sell('JUG', { prices: { EUR: 2_000 }, stock: { BER: 10 } });
    const expected = (await shop.place('alice', orderOf('JUG'))).body.totals.totalMinor;
    expect((await shop.place('alice', orderOf('JUG', { expectedTotalMinor: expected }))).status).toBe(201);
    await shop.sell('JUG', { prices: { EUR: 2_100 } });
    const refused = await shop.place('alice', orderOf('JUG', { expectedTotalMinor: expected }), 'too-late');
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'PRICE_CHANGED', errors: [{ path: 'expectedTotalMinor', message: 'the total is 3082' }] },
    });
    const agreed = await shop.place('alice', orderOf('JUG', { expectedTotalMinor: 3_082 }), 'too-late');
    expect(agreed).toMatchObject({ status: 201, body: { totals: { totalMinor: 3_082 } } });
  });
});

describe('a product that is not sold any more', () => {
  test('is neither shown nor ordered, while its old orders go on', async () => {
    await shop.sell('RELIC', { stock: { BER: 5 } });
    const old = await shop.ordered('alice', orderOf('RELIC'));
    await shop.sell('RELIC', { product: { active: false } });
    expect((await show('RELIC')).status).toBe(404);
    expect(await shop.place('alice', orderOf('RELIC'))).toMatchObject({
      status: 422,
      body: { code: 'UNKNOWN_SKU', errors: [{ path: 'lines.0.sku' }] },
    });
    expect(await shop.dispatched(old)).toMatchObject({ fulfillmentStatus: 'shipped' });
  });

  test('is named with every other line that cannot be sold', async () => {
    await shop.sell('FINE', { stock: { BER: 5 } });
    const lines = ['GHOST-1', 'FINE', 'GHOST-2'].map((sku) => ({ sku, quantity: 1 }));
    const { body } = await shop.place('alice', orderOf('FINE', { lines }));
    expect(body.errors?.map(({ path }) => path)).toEqual(['lines.0.sku', 'lines.2.sku']);
  });
});

describe('currencies', () => {
  beforeAll(async () => {
    await shop.sell('SCARF', { prices: { EUR: 4_500, USD: 4_900, JPY: 7_200, XTS: 1 }, stock: { BER: 50 } });
    await shop.sell('EURO-ONLY', { prices: { EUR: 100 }, stock: { BER: 50 } });
  });

  /**
   * Computed by hand: shipping of half a kilogram by currency, tax by country. Japan charges 10 %, and taxes of US
   * states are not charged.
   */
  const sales = [
    {
      currency: 'EUR',
      country: 'DE',
      totals: { subtotalMinor: 4_500, shippingMinor: 490, taxMinor: 948, totalMinor: 5_938 },
    },
    {
      currency: 'USD',
      country: 'US',
      totals: { subtotalMinor: 4_900, shippingMinor: 590, taxMinor: 0, totalMinor: 5_490 },
    },
    {
      currency: 'JPY',
      country: 'JP',
      totals: { subtotalMinor: 7_200, shippingMinor: 700, taxMinor: 790, totalMinor: 8_690 },
    },
  ];

  test.each(sales)(
    'an order in $currency is priced, charged and captured in $currency',
    async ({ currency, country, totals }) => {
      const placed = await shop.ordered(
        'alice',
        orderOf('SCARF', { currency, shippingAddress: { country, ...(country === 'US' && { region: 'CA' }) } }),
      );
      expect(placed).toMatchObject({ status: 'confirmed', currency, totals });
      const order = await shop.dispatched(placed);
      expect(order.payment).toEqual({
        authorizedMinor: totals.totalMinor,
        capturedMinor: totals.totalMinor,
        refundedMinor: 0,
      });
      expect((await shop.books(order.orderId)).payments).toMatchObject([
        { currency, capturedMinor: totals.totalMinor },
      ]);
    },
  );

  test('that a product has no price in are refused, naming the line', async () => {
    const lines = [
      { sku: 'SCARF', quantity: 1 },
      { sku: 'EURO-ONLY', quantity: 1 },
    ];
    expect(await shop.place('alice', orderOf('SCARF', { currency: 'USD', lines }))).toMatchObject({
      status: 422,
      body: { code: 'CURRENCY_NOT_SOLD', errors: [{ path: 'lines.1.sku' }] },
    });
  });

  test('that nothing is shipped for are refused, naming the currency', async () => {
    expect(await shop.place('alice', orderOf('SCARF', { currency: 'XTS' }))).toMatchObject({
      status: 422,
      body: { code: 'CURRENCY_NOT_SOLD', errors: [{ path: 'currency' }] },
    });
  });
});

describe('an order that is too large', () => {
  test('in money is refused before anything is held', async () => {
    await shop.sell('PALACE', { prices: { EUR: 100_000_000_000 }, stock: { BER: 20_000 } });
    const lines = [{ sku: 'PALACE', quantity: 10_000 }];
    expect(await shop.place('alice', orderOf('PALACE', { lines }))).toMatchObject({
      status: 422,
      body: { code: 'AMOUNT_TOO_LARGE' },
    });
    expect(await shop.stock('PALACE')).toMatchObject({ available: 20_000, reserved: 0 });
  });

  test('in lines is refused above 500', async () => {
    const lines = Array.from({ length: 501 }, (_, index) => ({ sku: `BULK-${index}`, quantity: 2 }));
    expect(await shop.place('alice', orderOf('BULK-0', { lines }))).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_FAILED', errors: [{ path: 'lines' }] },
    });
  });
});
