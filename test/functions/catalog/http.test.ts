import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../functions/shared/kernel/time.ts';
import { fresh } from '../../contracts/stock-store-contract.ts';
import { layouts, startStore, type TestStore } from '../../support/dynamodb.ts';
import { pointAwsAt } from '../../support/environment.ts';
import { call, staff } from '../../support/http-request.ts';
import { openStock } from '../../support/stock.ts';

let store: TestStore;
let functions: {
  put: typeof import('../../../functions/catalog/put-product.ts');
  get: typeof import('../../../functions/catalog/get-product.ts');
  list: typeof import('../../../functions/catalog/list-products.ts');
};

beforeAll(async () => {
  store = await startStore();
  pointAwsAt({ store });
  process.env.INVENTORY_TABLE = await store.createTable(layouts.inventory);
  process.env.CATALOG_TABLE = await store.createTable(layouts.catalog);
  const [put, get, list] = await Promise.all([
    import('../../../functions/catalog/put-product.ts'),
    import('../../../functions/catalog/get-product.ts'),
    import('../../../functions/catalog/list-products.ts'),
  ]);
  functions = { put, get, list };
});

afterAll(() => store.stop());

const mug = {
  title: 'Mug',
  prices: [{ currency: 'EUR', amountMinor: 900 }],
  weightGrams: 300,
  taxCategory: 'reduced',
  active: true,
};
const put = (sku: string, body: unknown = mug, as: { sub: string; groups?: string[] } = staff) =>
  call(functions.put.handler, { path: { sku }, body, as });
const get = (sku: string) => call(functions.get.handler, { path: { sku } });
const list = (query?: Record<string, string>) => call(functions.list.handler, query === undefined ? {} : { query });
const stockUp = (sku: string, quantity: number) =>
  openStock(process.env.INVENTORY_TABLE ?? '', { client: store.client }).receive(
    { receiptId: fresh('receipt'), sku, location: 'W1', quantity },
    systemClock(),
  );

/** Every page of the list, to its end. */
async function listAll(limit: string): Promise<{ skus: string[]; sizes: number[] }> {
  const skus: string[] = [];
  const sizes: number[] = [];
  let cursor: string | undefined;
  do {
    const { status, body } = await list(cursor === undefined ? { limit } : { limit, cursor });
    expect(status).toBe(200);
    skus.push(...body.items.map((item: { sku: string }) => item.sku));
    sizes.push(body.items.length);
    cursor = body.nextCursor;
  } while (cursor !== undefined);
  return { skus, sizes };
}

describe('PUT /catalog/{sku}', () => {
  it('creates a product, which every caller can then read', async () => {
    const sku = fresh('SKU');
    const product = { sku, ...mug, digital: false, availability: 'out_of_stock' };
    expect(await put(sku)).toMatchObject({ status: 200, body: product });
    expect(await get(sku)).toEqual({ status: 200, contentType: 'application/json', body: product });
  });

  it('replaces a product whole', async () => {
    const sku = fresh('SKU');
    await put(sku);
    const { taxCategory, ...rest } = { ...mug, title: 'Cup', prices: [{ currency: 'USD', amountMinor: 1 }] };
    await put(sku, rest);
    expect((await get(sku)).body).toEqual({
      sku,
      ...rest,
      taxCategory: 'standard',
      digital: false,
      availability: 'out_of_stock',
    });
  });

  it('creates a digital product, which is available without stock, until it is replaced', async () => {
    const sku = fresh('SKU');
    await put(sku, { ...mug, digital: true });
    expect((await get(sku)).body).toMatchObject({ digital: true, availability: 'in_stock' });
    await put(sku);
    expect((await get(sku)).body).toMatchObject({ digital: false, availability: 'out_of_stock' });
  });

  it.each([
    ['title', { title: '' }],
    ['title', { title: 'a\u0000b' }],
    ['prices', { prices: [] }],
    ['prices', { prices: [mug.prices[0], mug.prices[0]] }],
    ['prices.0.currency', { prices: [{ currency: 'eur', amountMinor: 1 }] }],
    ['prices.0.amountMinor', { prices: [{ currency: 'EUR', amountMinor: -1 }] }],
    ['prices.0.amountMinor', { prices: [{ currency: 'EUR', amountMinor: 9.5 }] }],
    ['weightGrams', { weightGrams: -1 }],
    ['taxCategory', { taxCategory: 'free' }],
    ['active', { active: 'yes' }],
    ['colour', { colour: 'red' }],
  ])('names %s when it is wrong, and stores nothing', async (path, changes) => {
    const sku = fresh('SKU');
    expect(await put(sku, { ...mug, ...changes })).toMatchObject({
      status: 400,
      contentType: 'application/problem+json',
      body: { code: 'VALIDATION_FAILED', errors: [{ path }] },
    });
    expect((await get(sku)).status).toBe(404);
  });

  it.each(['A#B', '-A', '', 'x'.repeat(65), 'Ä'])('names the SKU %j of the path when it is malformed', async (sku) => {
    expect(await put(sku)).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_FAILED', errors: [{ path: 'path.sku' }] },
    });
  });

  it('is for staff', async () => {
    const sku = fresh('SKU');
    expect((await put(sku, mug, { sub: 'alice' })).status).toBe(403);
    expect((await get(sku)).status).toBe(404);
  });
});

describe('GET /catalog/{sku}', () => {
  it.each([
    [0, 'out_of_stock'],
    [1, 'low'],
    [5, 'low'],
    [6, 'in_stock'],
  ])('shows for %i units: %s', async (units, availability) => {
    const sku = fresh('SKU');
    await put(sku);
    if (units > 0) await stockUp(sku, units);
    expect((await get(sku)).body.availability).toBe(availability);
  });

  it('answers 404 for a product that is not for sale', async () => {
    const sku = fresh('SKU');
    await put(sku, { ...mug, active: false });
    const hidden = await get(sku);
    expect(hidden).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await get(fresh('SKU'))).toEqual(hidden);
  });

  it.each(['A#B', '', 'x'.repeat(5_000)])('does not find the malformed SKU %.20j', async (sku) => {
    expect((await get(sku)).status).toBe(404);
  });
});

describe('GET /catalog', () => {
  it('shows every product for sale exactly once, a page at a time', async () => {
    const wanted: string[] = [];
    for (let product = 0; product < 23; product++) {
      const sku = fresh('SKU');
      await put(sku, { ...mug, active: product % 3 !== 0 });
      if (product % 3 !== 0) wanted.push(sku);
    }
    const { skus, sizes } = await listAll('4');
    expect(new Set(skus).size).toBe(skus.length);
    expect(wanted.filter((sku) => !skus.includes(sku))).toEqual([]);
    for (const sku of skus) expect((await get(sku)).status).toBe(200);
    expect(Math.max(...sizes)).toBe(4);
    expect((await listAll('100')).skus.sort()).toEqual(skus.sort());
  });

  it('shows the availability of each', async () => {
    const sku = fresh('SKU');
    await put(sku);
    await stockUp(sku, 3);
    const { body } = await list({ limit: '100' });
    expect(body.items.find((item: { sku: string }) => item.sku === sku)).toEqual({
      ...{ sku, ...mug, digital: false, availability: 'low' },
    });
  });

  it.each([
    'hello',
    Buffer.from('{"sku":"A#B"}').toString('base64url'),
    Buffer.from('{"sku":1}').toString('base64url'),
  ])('refuses the cursor %j', async (cursor) => {
    const { status, body } = await list({ cursor });
    expect([status, body.code]).toEqual([400, 'INVALID_CURSOR']);
  });

  it.each(['0', '101', '1.5', 'many'])('refuses the limit %s', async (limit) => {
    expect(await list({ limit })).toMatchObject({ status: 400, body: { errors: [{ path: 'query.limit' }] } });
  });
});
