import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { currencyCodes } from '../../api/iso-codes.ts';
import type { Local } from '../../local/index.ts';
import { orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';
import { expectRefused, readContract } from './refused.ts';

let local: Local;
let shop: Shop;
let orderId: string;

beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true, logLevel: 'SILENT' });
  shop = new Shop(local);
  await shop.sell('REAL', { stock: { BER: 5 } });
  orderId = (await shop.ordered('alice', orderOf('REAL'))).orderId;
  await readContract(shop);
});

afterAll(() => local?.stop());

interface Bad {
  readonly field?: string;
  readonly value: unknown;
}

const show = (value: unknown) => JSON.stringify(value)?.slice(0, 40) ?? 'nothing';
const named = (cases: readonly Bad[]) => cases.map((each) => ({ ...each, shown: show(each.value) }));
const eachOf = (field: string, ...values: readonly unknown[]): Bad[] => values.map((value) => ({ field, value }));

/** Invalid bodies for every route with a body. */
const noBodies = ['', 'null', '[]', '[{}]', '"text"', '7', '{', 'NaN', '<a/>', '['.repeat(50_000)];

describe('a product is not put', () => {
  const good = { title: 'Vase', prices: [{ currency: 'EUR', amountMinor: 100 }], weightGrams: 100, active: true };
  const put = (body: unknown, field?: string, path = '/catalog/VASE', status = 400, code = 'VALIDATION_FAILED') =>
    expectRefused({ local, shop }, { as: 'sam:staff', method: 'PUT', path, body }, { status, code, field });

  test('unless it is valid: the body that the others are made from is', async () => {
    expect((await shop.ask('sam:staff', 'PUT', '/catalog/VASE', good)).status).toBe(200);
  });

  const cases = [
    ...eachOf('title', undefined, null, 7, '', '  ', 'x'.repeat(201), 'a\u0000b', {}),
    ...eachOf(
      'prices',
      undefined,
      null,
      [],
      {},
      Array.from({ length: 51 }, (_, i) => ({ currency: code(i), amountMinor: 1 })),
    ),
    ...eachOf('prices', [...good.prices, ...good.prices]),
    ...eachOf('prices.0', ['EUR'], [null], [7]),
    ...eachOf(
      'prices.0.currency',
      [{ amountMinor: 1 }],
      [{ currency: 'eur', amountMinor: 1 }],
      [{ currency: 'ABC', amountMinor: 1 }],
      [{ currency: 7, amountMinor: 1 }],
    ),
    ...eachOf(
      'prices.0.amountMinor',
      ...[undefined, -1, 1.5, '1', 1e12, null].map((amountMinor) => [{ currency: 'EUR', amountMinor }]),
    ),
    ...eachOf('prices.0.net', [{ currency: 'EUR', amountMinor: 1, net: true }]),
    ...eachOf('weightGrams', undefined, null, -1, 1.5, '100', 1_000_001),
    ...eachOf('active', undefined, null, 1, 'true'),
    ...eachOf('taxCategory', 'luxury', 7),
    ...eachOf('sku', 'OTHER'),
    ...eachOf('constructor', {}),
  ];

  test.each(named(cases))('with $shown for $field', async ({ field = '', value }) => {
    await put({ ...good, [field.split('.')[0] ?? '']: value }, field);
  });

  test.each(named(noBodies.map((value) => ({ value }))))('with the body $shown', async ({ value }) => {
    await put(value);
  });

  test.each(['-VASE', 'a%20b', '%00', 'x'.repeat(65), '__proto__', 'a%2Fb', 'VASE%0A'])(
    'under the SKU %s',
    async (sku) => {
      await put(good, 'path.sku', `/catalog/${sku}`);
    },
  );

  test('with a body of more than 256 KB', async () => {
    await put(JSON.stringify(good) + ' '.repeat(262_144), undefined, '/catalog/VASE', 413, 'BODY_TOO_LARGE');
  });
});

describe('a receipt is not booked', () => {
  const good = { receiptId: 'delivery-7', location: 'BER', quantity: 5 };
  const post = (
    body: unknown,
    field?: string,
    path = '/inventory/REAL/receipts',
    status = 400,
    code = 'VALIDATION_FAILED',
  ) => expectRefused({ local, shop }, { as: 'sam:staff', method: 'POST', path, body }, { status, code, field });

  const cases = [
    ...eachOf('receiptId', undefined, null, 7, '', 'a b', '-a', 'x'.repeat(101), 'a\n', 'a#b'),
    ...eachOf('location', undefined, null, 7, '', 'B R', 'B#R', 'x'.repeat(33), '__proto__'),
    ...eachOf('quantity', undefined, null, 0, -1, 1.5, '5', 100_000_001, 1e300),
    ...eachOf('sku', 'OTHER'),
  ];

  test.each(named(cases))('with $shown for $field', async ({ field = '', value }) => {
    await post({ ...good, [field]: value }, field);
  });

  test.each(named(noBodies.map((value) => ({ value }))))('with the body $shown', async ({ value }) => {
    await post(value);
  });

  test('under a malformed SKU, or one that is not in the catalog', async () => {
    await post(good, 'path.sku', '/inventory/a%20b/receipts');
    await post(good, undefined, '/inventory/UNREAL/receipts', 422, 'UNKNOWN_SKU');
  });

  test('with a body of more than 256 KB', async () => {
    await post(
      `${JSON.stringify(good)}${' '.repeat(262_144)}`,
      undefined,
      '/inventory/REAL/receipts',
      413,
      'BODY_TOO_LARGE',
    );
  });

  test('and the stock does not change', async () => {
    expect(await shop.stock('REAL')).toMatchObject({ onHand: 5, available: 4, reserved: 1 });
  });
});

describe('a list is refused', () => {
  const queries = [
    ...eachOf('query.limit', '0', '-1', '101', '1.5', 'ten', 'NaN', 'Infinity', '1e9', '1,2', '0x10', '1e1', '%2010'),
    ...eachOf('query.cursor', 'x'.repeat(1_001)),
  ];
  const ofOrders = [
    ...queries,
    ...eachOf('query.status', 'lost', 'PLACED', 'placed,confirmed'),
    ...eachOf(
      'query.from',
      'yesterday',
      '2026-01-01',
      '2026-02-30T00:00:00Z',
      '2026-01-01T25:00:00Z',
      '2026-01-01T00:00:00%2B25:00',
    ),
    ...eachOf('query.to', '0', '99999-01-01T00:00:00Z'),
    ...eachOf('query.customerId', 'bob'),
    ...eachOf('query.__proto__', 'x'),
  ];

  test.each(named(ofOrders))('of orders, for $field = $shown', async ({ field = '', value }) => {
    const path = `/orders?${field.slice('query.'.length)}=${value}`;
    await expectRefused({ local, shop }, { method: 'GET', path }, { status: 400, code: 'VALIDATION_FAILED', field });
  });

  test.each(named([...queries, ...eachOf('query.active', 'false')]))(
    'of products, for $field = $shown',
    async ({ field = '', value }) => {
      const path = `/catalog?${field.slice('query.'.length)}=${value}`;
      await expectRefused(
        { local, shop },
        { as: '', method: 'GET', path },
        { status: 400, code: 'VALIDATION_FAILED', field },
      );
    },
  );

  test('with the same parameter twice', async () => {
    const path = '/orders?limit=5&limit=7';
    await expectRefused(
      { local, shop },
      { method: 'GET', path },
      { status: 400, code: 'VALIDATION_FAILED', field: 'query.limit' },
    );
  });
});

describe('an order is not to be found', () => {
  const ids = [
    'x',
    'ord_',
    'ord_0',
    `ord_${'0'.repeat(26)}`,
    `ord_${'I'.repeat(26)}`,
    'ord_%00',
    '..%2F..%2Fcatalog',
    "'%20OR%201=1",
    'x'.repeat(5_000),
    '%F0%9F%98%80',
  ];

  test.each(named(ids.map((value) => ({ value }))))('by the id $shown', async ({ value }) => {
    const missing = { status: 404, code: 'NOT_FOUND' };
    await expectRefused({ local, shop }, { method: 'GET', path: `/orders/${value}` }, missing);
    await expectRefused({ local, shop }, { method: 'GET', path: `/orders/${value}/events` }, missing);
    await expectRefused({ local, shop }, { method: 'POST', path: `/orders/${value}/cancel` }, missing);
    const as = 'will:warehouse';
    await expectRefused(
      { local, shop },
      { as, method: 'POST', path: `/orders/${value}/shipments/x/dispatch` },
      missing,
    );
    await expectRefused(
      { local, shop },
      { as, method: 'POST', path: `/orders/${orderId}/shipments/${value}/dispatch` },
      missing,
    );
  });

  test('nor is the stock of a malformed SKU', async () => {
    for (const sku of ['UNREAL', 'a%20b', '%00', 'x'.repeat(65)]) {
      await expectRefused(
        { local, shop },
        { as: 'sam:staff', method: 'GET', path: `/inventory/${sku}` },
        { status: 404, code: 'NOT_FOUND' },
      );
      await expectRefused(
        { local, shop },
        { as: '', method: 'GET', path: `/catalog/${sku}` },
        { status: 404, code: 'NOT_FOUND' },
      );
    }
  });
});

describe('a request to a route without a body', () => {
  test('is answered with any body', async () => {
    const shipmentId = (await shop.order(orderId)).shipments[0]?.shipmentId;
    const path = `/orders/${orderId}/shipments/${shipmentId}/dispatch`;
    expect((await shop.ask('will:warehouse', 'POST', path, 'not json')).status).toBe(202);
    await local.settled();
    expect(await shop.order(orderId)).toMatchObject({ fulfillmentStatus: 'shipped' });
  });
});

function code(index: number): string {
  return currencyCodes[index] ?? '';
}
