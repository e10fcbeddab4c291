import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stockPlanResource } from '../../../api/inventory.ts';
import { logger } from '../../../functions/shared/logging.ts';
import { fresh } from '../../contracts/stock-store-contract.ts';
import { layouts, startStore, type TestStore } from '../../support/dynamodb.ts';
import { pointAwsAt } from '../../support/environment.ts';
import { call, staff } from '../../support/http-request.ts';

let store: TestStore;
let receiveStock: typeof import('../../../functions/inventory/receive-stock.ts');
let getStock: typeof import('../../../functions/inventory/get-stock.ts');
let putStockPlan: typeof import('../../../functions/inventory/put-stock-plan.ts');
let getStockPlan: typeof import('../../../functions/inventory/get-stock-plan.ts');
let tendStock: typeof import('../../../functions/inventory/rebalance-stock.ts');
let putProduct: typeof import('../../../functions/catalog/put-product.ts');

beforeAll(async () => {
  store = await startStore();
  pointAwsAt({ store });
  process.env.INVENTORY_TABLE = await store.createTable(layouts.inventory);
  process.env.CATALOG_TABLE = await store.createTable(layouts.catalog);
  receiveStock = await import('../../../functions/inventory/receive-stock.ts');
  getStock = await import('../../../functions/inventory/get-stock.ts');
  putStockPlan = await import('../../../functions/inventory/put-stock-plan.ts');
  getStockPlan = await import('../../../functions/inventory/get-stock-plan.ts');
  tendStock = await import('../../../functions/inventory/rebalance-stock.ts');
  putProduct = await import('../../../functions/catalog/put-product.ts');
  const putLocation = await import('../../../functions/inventory/put-location.ts');
  for (const location of ['W1', 'W2', 'W3']) {
    await call(putLocation.handler, { path: { location }, body: { country: 'DE' }, as: staff });
  }
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
  it('books goods of a product that is not active, and returns its stock', async () => {
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

  it('books a receipt once, and gives a repetition the same answer', async () => {
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

  it('refuses a SKU that is not in the catalog', async () => {
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

  it.each(['A#B', ' A', '', 'x'.repeat(65)])('rejects the malformed SKU %j in the path and names it', async (sku) => {
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

describe('PUT /inventory/{sku}/plan', () => {
  const put = (sku: string, body: unknown, as: { sub: string; groups?: string[] } = staff) =>
    call(putStockPlan.handler, { path: { sku }, body, as });
  const showPlan = (sku: string, as: { sub: string; groups?: string[] } = staff) =>
    call(getStockPlan.handler, { path: { sku }, as });
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();

  it('prepares a sale, and returns the throughput that the tables need', async () => {
    const sku = await newProduct();
    await receive(sku, receipt({ quantity: 5_000 }));
    const { status, body } = await put(sku, { expectedPeakPerSecond: 10_000 });
    expect([status, stockPlanResource.parse(body)]).toEqual([200, body]);
    expect(body).toMatchObject({
      sku,
      path: 'J',
      expectedPeakPerSecond: 10_000,
      locations: [{ location: 'W1', shards: 64, priority: 0 }],
      needs: {
        salesPerSecond: 10_000,
        deployWith: '-c stage=dev -c cell=a -c inventoryWarmWrites=33000 -c ordersWarmWrites=20000',
      },
    });
    expect(body.needs.tables).toEqual([
      { table: 'Inventory', writesPerSecond: 33_000, readsPerSecond: 10_000, aboveNewTable: true },
      { table: 'Orders', writesPerSecond: 20_000, readsPerSecond: 10_000, aboveNewTable: true },
      { table: 'OrderViews', writesPerSecond: 20_000, readsPerSecond: 0, aboveNewTable: true },
      { table: 'Contacts', writesPerSecond: 10_000, readsPerSecond: 0, aboveNewTable: true },
      { table: 'Idempotency', writesPerSecond: 20_000, readsPerSecond: 0, aboveNewTable: true },
      { table: 'GatewayRecords', writesPerSecond: 10_000, readsPerSecond: 0, aboveNewTable: true },
    ]);
    const keptMs = Date.parse(body.keepUntil) - Date.now();
    expect(keptMs).toBeGreaterThan(86_340_000);
    expect(keptMs).toBeLessThanOrEqual(86_400_000);
    expect(await showPlan(sku)).toMatchObject({ status: 200, body });
    expect((await show(sku)).body).toMatchObject({ onHand: 5_000, available: 5_000 });
  });

  it('returns no throughput setting for a peak that new tables handle', async () => {
    const sku = await newProduct();
    await receive(sku, receipt({ quantity: 5_000 }));
    const { body } = await put(sku, { expectedPeakPerSecond: 1_000 });
    expect(body.needs.deployWith).toBe('');
    expect(body.needs.tables.map(({ aboveNewTable }: { aboveNewTable: boolean }) => aboveNewTable)).not.toContain(true);
  });

  it('changes only the given fields', async () => {
    const sku = await newProduct();
    await receive(sku, receipt({ quantity: 5_000 }));
    const keepUntil = inSeconds(29 * 86_400);
    const first = await put(sku, { expectedPeakPerSecond: 1_000, keepUntil });
    expect(first.body).toMatchObject({ keepUntil, expectedPeakPerSecond: 1_000 });
    const sooner = inSeconds(3_600);
    expect((await put(sku, { keepUntil: sooner })).body).toMatchObject({
      keepUntil: sooner,
      expectedPeakPerSecond: 1_000,
      locations: [{ shards: 4 }],
    });
    expect((await put(sku, {})).body).toMatchObject({ keepUntil: sooner, locations: [{ shards: 4 }] });
    const again = await put(sku, { expectedPeakPerSecond: 1_000, keepUntil: sooner });
    expect(again.body.revision).toBe(first.body.revision + 1);
  });

  it('accepts a SKU without receipts, and refuses one that is not in the catalog', async () => {
    const sku = await newProduct();
    expect((await showPlan(sku)).status).toBe(404);
    expect(await put(sku, { expectedPeakPerSecond: 1_000 })).toMatchObject({ status: 200, body: { locations: [] } });
    expect((await show(sku)).status).toBe(404);
    expect(await put(fresh('SKU'), {})).toMatchObject({ status: 422, body: { code: 'UNKNOWN_SKU' } });
    expect((await showPlan('A#B')).status).toBe(404);
  });

  it.each([
    ['expectedPeakPerSecond', { expectedPeakPerSecond: -1 }],
    ['expectedPeakPerSecond', { expectedPeakPerSecond: 1.5 }],
    ['expectedPeakPerSecond', { expectedPeakPerSecond: '1000' }],
    ['expectedPeakPerSecond', { expectedPeakPerSecond: 1_000_001 }],
    ['keepUntil', { keepUntil: 'tomorrow' }],
    ['keepUntil', { keepUntil: '2020-01-01T00:00:00Z' }],
    ['keepUntil', { keepUntil: inSeconds(30 * 86_400 + 60) }],
    ['location', { location: 'W#1' }],
    ['location', { location: 'W9', expectedPeakPerSecond: 1_000 }],
    ['shards', { shards: 4 }],
  ])('names %s when it is wrong, and changes nothing', async (path, body) => {
    const sku = await newProduct();
    await receive(sku, receipt());
    const before = await showPlan(sku);
    expect(await put(sku, body)).toMatchObject({
      status: 400,
      contentType: 'application/problem+json',
      body: { code: 'VALIDATION_FAILED', errors: [{ path }] },
    });
    expect(await showPlan(sku)).toEqual(before);
  });

  it('is for staff', async () => {
    const sku = await newProduct();
    await receive(sku, receipt());
    for (const who of [{ sub: 'alice' }, { sub: 'wanda', groups: ['warehouse'] }]) {
      expect((await put(sku, { expectedPeakPerSecond: 1 }, who)).status).toBe(403);
      expect((await showPlan(sku, who)).status).toBe(403);
    }
    expect((await showPlan(sku)).body).not.toHaveProperty('expectedPeakPerSecond');
  });
});

describe('the function RebalanceStock', () => {
  it('logs nothing while no SKU is hot, and its work otherwise', async () => {
    const log = vi.spyOn(logger, 'info').mockImplementation(() => undefined);
    const sku = await newProduct();
    await receive(sku, receipt({ quantity: 64 }));
    process.env.INVENTORY_TABLE = await store.createTable(layouts.inventory);
    vi.resetModules();
    const elsewhere = await import('../../../functions/inventory/rebalance-stock.ts');
    await elsewhere.handler();
    expect(log).not.toHaveBeenCalled();
    await call(putStockPlan.handler, { path: { sku }, body: { expectedPeakPerSecond: 1_000 }, as: staff });
    await tendStock.handler();
    expect(log).toHaveBeenCalledWith(
      'hot stock rebalanced',
      expect.objectContaining({ roundCount: 1, repairedCount: 0 }),
    );
    log.mockRestore();
  });
});
