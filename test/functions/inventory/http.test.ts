import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fresh } from '../../contracts/stock-store-contract.ts';
import { layouts, startStore, type TestStore } from '../../support/dynamodb.ts';
import { pointAwsAt } from '../../support/environment.ts';
import { call, staff } from '../../support/http-request.ts';

let store: TestStore;
let receiveStock: typeof import('../../../functions/inventory/receive-stock.ts');
let getStock: typeof import('../../../functions/inventory/get-stock.ts');
let putProduct: typeof import('../../../functions/catalog/put-product.ts');

beforeAll(async () => {
  store = await startStore();
  pointAwsAt({ store });
  process.env.INVENTORY_TABLE = await store.createTable(layouts.inventory);
  process.env.CATALOG_TABLE = await store.createTable(layouts.catalog);
  receiveStock = await import('../../../functions/inventory/receive-stock.ts');
  getStock = await import('../../../functions/inventory/get-stock.ts');
  putProduct = await import('../../../functions/catalog/put-product.ts');
});

afterAll(() => store.stop());

async function newProduct(active = true): Promise<string> {
  const sku = fresh('SKU');
  const body = { title: 'Mug', prices: [{ currency: 'EUR', amountMinor: 900 }], weightGrams: 300, active };
  expect((await call(putProduct.handler, { path: { sku }, body, as: staff })).status).toBe(200);
  return sku;
}

const receive = (sku: string, body: unknown, as: { sub: string; groups?: string[] } = staff) =>
  call(receiveStock.handler, { path: { sku }, body, as });
const show = (sku: string, as: { sub: string; groups?: string[] } = staff) =>
  call(getStock.handler, { path: { sku }, as });
const receipt = (changes: object = {}) => ({ receiptId: fresh('receipt'), location: 'W1', quantity: 5, ...changes });

describe('POST /inventory/{sku}/receipts', () => {
  it('books goods in, for sale or not, and shows them', async () => {
    const sku = await newProduct(false);
    const goods = receipt();
    const { status, body } = await receive(sku, goods);
    expect([status, body]).toEqual([201, { ...goods, sku }]);
    await receive(sku, receipt({ location: 'W2', quantity: 2 }));
    expect(await show(sku)).toMatchObject({
      status: 200,
      body: {
        sku,
        onHand: 7,
        available: 7,
        reserved: 0,
        locations: [
          { location: 'W1', onHand: 5, available: 5, reserved: 0, safety: 0, shipped: 0 },
          { location: 'W2', onHand: 2, available: 2, reserved: 0, safety: 0, shipped: 0 },
        ],
      },
    });
  });

  it('books a receipt once, and answers the same again', async () => {
    const sku = await newProduct();
    const goods = receipt();
    const first = await receive(sku, goods);
    expect(await receive(sku, goods)).toEqual(first);
    expect((await show(sku)).body.onHand).toBe(5);
  });

  it('refuses a receipt id that was used for other goods', async () => {
    const sku = await newProduct();
    const goods = receipt();
    await receive(sku, goods);
    expect(await receive(sku, { ...goods, quantity: 6 })).toMatchObject({
      status: 422,
      contentType: 'application/problem+json',
      body: { code: 'RECEIPT_ID_REUSED', errors: [{ path: 'receiptId' }] },
    });
    expect((await show(sku)).body.onHand).toBe(5);
  });

  it('refuses goods that the catalog does not know', async () => {
    const sku = fresh('SKU');
    expect(await receive(sku, receipt())).toMatchObject({ status: 422, body: { code: 'UNKNOWN_SKU' } });
    expect((await show(sku)).status).toBe(404);
  });

  it.each([
    ['quantity', { quantity: 0 }],
    ['quantity', { quantity: -1 }],
    ['quantity', { quantity: 1.5 }],
    ['quantity', { quantity: '5' }],
    ['quantity', { quantity: 100_000_001 }],
    ['location', { location: 'W#1' }],
    ['location', { location: '' }],
    ['receiptId', { receiptId: 'has space' }],
    ['receiptId', { receiptId: undefined }],
    ['colour', { colour: 'red' }],
  ])('names %s when it is wrong, and stores nothing', async (path, changes) => {
    const sku = await newProduct();
    expect(await receive(sku, receipt(changes))).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_FAILED', errors: [{ path }] },
    });
    expect((await show(sku)).status).toBe(404);
  });

  it.each(['A#B', ' A', '', 'x'.repeat(65)])('names the SKU %j of the path when it is malformed', async (sku) => {
    expect(await receive(sku, receipt())).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_FAILED', errors: [{ path: 'path.sku' }] },
    });
  });

  it('is for staff', async () => {
    const sku = await newProduct();
    expect((await receive(sku, receipt(), { sub: 'alice' })).status).toBe(403);
    expect((await receive(sku, receipt(), { sub: 'wanda', groups: ['warehouse'] })).status).toBe(403);
    expect((await show(sku, { sub: 'alice' })).status).toBe(403);
    expect((await show(sku)).status).toBe(404);
  });
});

describe('GET /inventory/{sku}', () => {
  it.each(['UNKNOWN', 'A#B', 'x'.repeat(5_000)])('does not find %.20s', async (sku) => {
    expect(await show(sku)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });
});
