import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Market } from '../../api/settings.ts';
import type { Local } from '../../local/index.ts';
import { type Answer, orderOf, type Problem, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';

let local: Local;
let shop: Shop;

/** A German shop with prices that have the tax in them; every other market is net. */
const grossInGermany: Market = {
  marketId: 'de',
  currency: 'EUR',
  countries: ['DE'],
  prices: 'tax_included',
  shipping: [
    {
      optionId: 'parcel',
      title: 'Parcel',
      rates: [
        { fromValueMinor: 0, baseMinor: 490, perFurtherKilogramMinor: 100 },
        { fromValueMinor: 5_000, baseMinor: 0, perFurtherKilogramMinor: 0 },
      ],
    },
    {
      optionId: 'express',
      title: 'Express',
      maxWeightGrams: 2_000,
      rates: [{ fromValueMinor: 0, baseMinor: 1_490, perFurtherKilogramMinor: 300 }],
    },
  ],
};

interface Setting {
  readonly version: number;
  readonly markets: Market[];
}

beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true, retryScale: 0.01, schedules: false, logLevel: 'SILENT' });
  shop = new Shop(local);
  const { version, markets } = await shop.must<Setting>('sam:staff', 'GET', '/settings/markets');
  const change = { basedOn: version, reason: 'A German shop.', markets: [...markets, grossInGermany] };
  await shop.must('sam:staff', 'PUT', '/settings/markets', change);
});

afterAll(() => local?.stop());

const quote = (as: string, body: unknown): Promise<Answer<Quote & Problem>> =>
  shop.ask(as, 'POST', '/orders/quote', body);
type Quote = {
  readonly totals: { readonly totalMinor: number; readonly taxMinor: number };
  readonly lines: readonly { readonly availability: string }[];
  readonly shippingOptions: readonly object[];
  readonly discounts: readonly object[];
  readonly taxIncluded: boolean;
};
const putDiscount = (code: string, discount: object) =>
  shop.must('sam:staff', 'PUT', `/discounts/${code}`, { title: code, on: 'order', ...discount });
const usesOf = async (code: string) =>
  (await shop.must<{ uses: number }>('sam:staff', 'GET', `/discounts/${code}`)).uses;

describe('a shop with tax in its prices', () => {
  test('charges 9.99 with 19 % as 9.99, and the quote says so before', async () => {
    await shop.sell('CAP', { prices: { EUR: 999 }, stock: { BER: 5 } });
    const { body } = await quote('alice', {
      currency: 'EUR',
      lines: [{ sku: 'CAP', quantity: 1 }],
      shippingAddress: { country: 'DE' },
    });
    expect(body).toMatchObject({
      taxIncluded: true,
      totals: { subtotalMinor: 999, shippingMinor: 490, taxMinor: 160 + 78, totalMinor: 1_489 },
      lines: [{ taxMinor: 160, taxBasisPoints: 1_900, availability: 'low' }],
      shippingOptions: [
        { optionId: 'parcel', amountMinor: 490, totalMinor: 1_489 },
        { optionId: 'express', amountMinor: 1_490, totalMinor: 2_489 },
      ],
    });
    const order = await shop.dispatched(await shop.ordered('alice', orderOf('CAP', { expectedTotalMinor: 1_489 })));
    expect(order).toMatchObject({ taxIncluded: true, paymentStatus: 'captured', payment: { capturedMinor: 1_489 } });
  });

  test('sends for nothing from 50 euros on, and as the customer chooses', async () => {
    await shop.sell('COAT', { prices: { EUR: 5_000 }, stock: { BER: 5 } });
    const free = await shop.ordered('alice', orderOf('COAT'));
    expect(free).toMatchObject({ shippingOption: 'parcel', totals: { shippingMinor: 0, totalMinor: 5_000 } });
    const express = await shop.ordered('alice', orderOf('COAT', { shippingOption: 'express' }));
    expect(express).toMatchObject({ shippingOption: 'express', totals: { shippingMinor: 1_490, totalMinor: 6_490 } });
    const heavy = { ...orderOf('COAT', { shippingOption: 'express' }), lines: [{ sku: 'COAT', quantity: 5 }] };
    expect((await shop.place('alice', heavy)).body).toMatchObject({
      code: 'SHIPPING_NOT_AVAILABLE',
      errors: [{ path: 'shippingOption', message: 'the order is too heavy for express' }],
    });
  });

  test('has net prices for other countries, and refuses those that it does not send to', async () => {
    await shop.sell('HAT', { prices: { EUR: 1_000 }, stock: { BER: 5 } });
    const abroad = await shop.ordered(
      'alice',
      orderOf('HAT', { shippingAddress: { country: 'AT', postalCode: '1010' } }),
    );
    expect(abroad).toMatchObject({
      taxIncluded: false,
      totals: { subtotalMinor: 1_000, taxMinor: 298, totalMinor: 1_788 },
    });
    const nowhere = await shop.place('alice', orderOf('HAT', { shippingAddress: { country: 'AQ' } }));
    expect(nowhere).toMatchObject({
      status: 422,
      body: { code: 'COUNTRY_NOT_SERVED', errors: [{ path: 'shippingAddress.country' }] },
    });
  });
});

describe('the parcels of an order', () => {
  test('are captured for what is in each, and shipping once, with the first that leaves', async () => {
    await shop.sell('DESK', { prices: { EUR: 10_000 }, stock: { BER: 1 } });
    await shop.sell('BOOK', { prices: { EUR: 10_000 }, stock: { VIE: 1 }, product: { taxCategory: 'reduced' } });
    const lines = [
      { sku: 'DESK', quantity: 1 },
      { sku: 'BOOK', quantity: 1 },
    ];
    // Another customer's country has net prices: the case of a net shop with two rates.
    const order = await shop.ordered('alice', {
      ...orderOf('DESK', { shippingAddress: { country: 'FR', postalCode: '75001' } }),
      lines,
    });
    expect(order.totals).toMatchObject({ taxMinor: 2_000 + 550 + 98, totalMinor: 23_138 });
    const done = await shop.dispatched(order);
    const { payments } = await shop.books(order.orderId);
    expect(payments.flatMap(({ captures }) => captures.map(({ amountMinor }) => amountMinor))).toEqual([
      12_000 + 588,
      10_550,
    ]);
    expect(done).toMatchObject({ paymentStatus: 'captured', payment: { capturedMinor: 23_138 } });
  });
});

describe('a discount', () => {
  test('is taken off by its code, before tax, and stays with the order', async () => {
    await shop.sell('SOCK', { prices: { EUR: 1_000 }, stock: { BER: 9 } });
    await putDiscount('TEN', { basisPoints: 1_000, minimum: [{ currency: 'EUR', amountMinor: 2_000 }] });
    const two = { ...orderOf('SOCK'), lines: [{ sku: 'SOCK', quantity: 2 }], discountCodes: [' ten '] };
    const order = await shop.ordered('alice', two);
    expect(order).toMatchObject({
      totals: { subtotalMinor: 2_000, discountMinor: 200, shippingMinor: 490, totalMinor: 2_290 },
      discounts: [{ code: 'TEN', on: 'order', amountMinor: 200 }],
      lines: [{ discountMinor: 200, taxMinor: 287 }],
    });
    const refusals = await Promise.all(
      [
        { ...orderOf('SOCK'), discountCodes: ['TEN'] },
        { ...two, discountCodes: ['TENN'] },
      ].map((body) => shop.place('alice', body)),
    );
    expect(refusals.map(({ body }) => body.code)).toEqual(['DISCOUNT_NOT_APPLICABLE', 'UNKNOWN_DISCOUNT']);
  });

  test('applies by itself, to shipping', async () => {
    await shop.sell('BALL', { prices: { EUR: 1_000 }, stock: { BER: 9 } });
    await putDiscount('FREESHIP', { on: 'shipping', automatic: true, basisPoints: 10_000, skus: ['BALL'] });
    // The quote learns of it within ten seconds; the placement, which was shown the newer price, at once.
    await expect
      .poll(async () => (await quote('alice', orderOf('BALL'))).body.discounts, { timeout: 15_000 })
      .toHaveLength(1);
    const order = await shop.ordered('alice', orderOf('BALL', { expectedTotalMinor: 1_000 }));
    expect(order.discounts).toEqual([{ code: 'FREESHIP', on: 'shipping', amountMinor: 490 }]);
  });

  test('with 100 uses is used by exactly 100 of 300 buyers, and comes back with an order that is cancelled', {
    timeout: 90_000,
  }, async () => {
    await shop.sell('DRUM', { prices: { EUR: 1_000 }, stock: { BER: 400 } });
    await putDiscount('FIRST100', { amounts: [{ currency: 'EUR', amountMinor: 500 }], maxUses: 100 });
    const buyers = Array.from({ length: 300 }, (_, index) => `buyer-${index}`);
    const placed = await Promise.all(
      buyers.map((buyer) => shop.place(buyer, { ...orderOf('DRUM'), discountCodes: ['FIRST100'] })),
    );
    await local.settled();
    const accepted = placed.filter(({ status }) => status === 201).map(({ body }) => body.orderId);
    for (const { status, body } of placed) if (status !== 201) expect(body.code).toBe('DISCOUNT_USED_UP');
    const orders = await Promise.all(accepted.map((orderId) => shop.order(orderId)));
    const confirmed = orders.filter(({ status }) => status === 'confirmed');
    expect(confirmed).toHaveLength(100);
    for (const { status, rejection } of orders)
      if (status !== 'confirmed') expect([status, rejection?.code]).toEqual(['rejected', 'DISCOUNT_USED_UP']);
    expect(await usesOf('FIRST100')).toBe(100);
    expect(await local.invoke('AuditStock', {})).toBeNull();
    const [first] = confirmed;
    await shop.cancel(first?.orderId ?? '');
    await local.settled();
    expect(await usesOf('FIRST100')).toBe(99);
    expect((await shop.ordered('late', { ...orderOf('DRUM'), discountCodes: ['FIRST100'] })).status).toBe('confirmed');
  });

  test('once a customer is refused for the second order, also when both are placed at once', async () => {
    await shop.sell('FLUTE', { prices: { EUR: 1_000 }, stock: { BER: 9 } });
    await putDiscount('WELCOME', { basisPoints: 5_000, oncePerCustomer: true });
    const body = { ...orderOf('FLUTE'), discountCodes: ['WELCOME'] };
    const both = await Promise.all([shop.place('carol', body), shop.place('carol', body)]);
    await local.settled();
    const ends = await Promise.all(
      both.map(async ({ body: { orderId, code } }) =>
        orderId === undefined ? code : (await shop.order(orderId)).status,
      ),
    );
    expect(ends.filter((end) => end === 'confirmed')).toHaveLength(1);
    expect((await quote('carol', body)).body.code).toBe('DISCOUNT_USED_UP');
    expect((await quote('dave', body)).status).toBe(200);
    const [used] = both.filter((_, index) => ends[index] === 'confirmed');
    await shop.cancel(used?.body.orderId ?? '');
    await local.settled();
    expect((await quote('carol', body)).status).toBe(200);
  });
});

describe('an order that staff places for a customer', () => {
  test('belongs to the customer, at the named price, with the reason for staff alone', async () => {
    await shop.sell('VASE', { prices: { EUR: 4_000 }, stock: { BER: 3 } });
    const line = { sku: 'VASE', quantity: 1, unitPriceMinor: 2_500 };
    const body = { ...orderOf('VASE'), lines: [line], customerId: 'erin', priceReason: 'A scratch.' };
    const order = await shop.ordered('sam:staff', body);
    expect(order).toMatchObject({
      customerId: 'erin',
      totals: { subtotalMinor: 2_500 },
      lines: [{ unitPriceMinor: 2_500, priceNamed: true }],
      priceReason: 'A scratch.',
    });
    expect(await shop.order(order.orderId, 'erin')).not.toHaveProperty('priceReason');
    const [placed] = await shop
      .must<{ items: { actor: string }[] }>('sam:staff', 'GET', `/orders/${order.orderId}/events`)
      .then(({ items }) => items);
    expect(placed?.actor).toBe('staff:sam');
    const refused = await Promise.all([
      shop.place('alice', { ...orderOf('VASE'), customerId: 'erin' }),
      shop.place('alice', { ...orderOf('VASE'), lines: [line] }),
      shop.place('sam:staff', { ...orderOf('VASE'), lines: [line], customerId: 'erin' }),
    ]);
    expect(refused.map(({ status, body: { errors } }) => [status, errors?.[0]?.path])).toEqual([
      [403, 'customerId'],
      [403, 'lines.0.unitPriceMinor'],
      [400, 'priceReason'],
    ]);
  });
});

describe('a setting', () => {
  test('is changed from its latest version only, and every version is kept', async () => {
    const { version, markets } = await shop.must<Setting>('sam:staff', 'GET', '/settings/markets');
    const change = { basedOn: version - 1, reason: 'Late.', markets };
    expect(await shop.ask('sam:staff', 'PUT', '/settings/markets', change)).toMatchObject({
      status: 409,
      body: { code: 'SETTING_CHANGED' },
    });
    const wrong = { basedOn: version, reason: 'Odd.', checkout: { ordering: 'open' } };
    expect((await shop.ask<Problem>('sam:staff', 'PUT', '/settings/markets', wrong)).body.errors).toMatchObject([
      { path: 'checkout' },
      { path: 'markets' },
    ]);
    const { items } = await shop.must<{ items: { changedBy: string; reason: string }[] }>(
      'sam:staff',
      'GET',
      '/settings/markets/versions',
    );
    expect(items).toMatchObject([{ changedBy: 'staff:sam', reason: 'A German shop.' }]);
    expect((await shop.ask('alice', 'GET', '/settings/markets')).status).toBe(403);
    expect((await shop.ask('sam:staff', 'GET', '/settings/prices')).status).toBe(404);
  });
});
