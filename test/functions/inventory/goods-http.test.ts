import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../functions/shared/kernel/time.ts';
import { fresh, order } from '../../contracts/stock-store-contract.ts';
import { layouts, startStore, type TestStore } from '../../support/dynamodb.ts';
import { pointAwsAt } from '../../support/environment.ts';
import { call, staff } from '../../support/http-request.ts';
import { openStock } from '../../support/stock.ts';

type Handler = Parameters<typeof call>[0];
type Actor = { sub: string; groups?: string[] };

let store: TestStore;
const handlers: Record<string, Handler> = {};

beforeAll(async () => {
  store = await startStore();
  pointAwsAt({ store });
  process.env.INVENTORY_TABLE = await store.createTable(layouts.inventory);
  process.env.CATALOG_TABLE = await store.createTable(layouts.catalog);
  const names = ['adjust-stock', 'count-stock', 'move-stock', 'put-safety-stock', 'receive-stock', 'get-stock'];
  for (const name of [...names, 'put-location', 'list-locations', 'get-location']) {
    handlers[name] = ((await import(`../../../functions/inventory/${name}.ts`)) as { handler: Handler }).handler;
  }
  const { handler } = await import('../../../functions/catalog/put-product.ts');
  handlers['put-product'] = handler;
  for (const location of ['W1', 'W2']) await ask('put-location', { location }, { country: 'DE' });
});

afterAll(() => store.stop());

const warehouse: Actor = { sub: 'wanda', groups: ['warehouse'] };
const customer: Actor = { sub: 'alice' };

function ask(name: string, path: Record<string, string>, body?: unknown, as: Actor = staff) {
  return call(handlers[name] as Handler, { path, as, ...(body === undefined ? {} : { body }) });
}

async function product(units = 0): Promise<string> {
  const sku = fresh('SKU');
  const body = { title: 'Mug', prices: [{ currency: 'EUR', amountMinor: 900 }], weightGrams: 300, active: true };
  expect((await ask('put-product', { sku }, body)).status).toBe(200);
  if (units > 0) {
    const receipt = { receiptId: fresh('receipt'), location: 'W1', quantity: units };
    expect((await ask('receive-stock', { sku }, receipt)).status).toBe(201);
  }
  return sku;
}

const adjustment = (changes: object = {}) => ({
  adjustmentId: fresh('adjustment'),
  location: 'W1',
  quantity: -2,
  reason: 'damage',
  ...changes,
});
const count = (changes: object = {}) => ({ countId: fresh('count'), location: 'W1', counted: 4, ...changes });
const move = (changes: object = {}) => ({ moveId: fresh('move'), from: 'W1', to: 'W2', quantity: 2, ...changes });

describe('a location that does not exist', () => {
  it.each([
    ['receive-stock', 'location', { receiptId: 'r', location: 'W9', quantity: 1 }],
    ['adjust-stock', 'location', adjustment({ location: 'W9', quantity: 1 })],
    ['adjust-stock', 'location', adjustment({ location: 'W9' })],
    ['count-stock', 'location', count({ location: 'W9', counted: 0 })],
    ['move-stock', 'to', move({ to: 'W9' })],
  ])('is refused by %s at %s', async (name, path, body) => {
    const sku = await product(10);
    expect(await ask(name, { sku }, body)).toMatchObject({
      status: 422,
      contentType: 'application/problem+json',
      body: { code: 'UNKNOWN_LOCATION', errors: [{ path }] },
    });
    expect((await ask('get-stock', { sku })).body).toMatchObject({ onHand: 10, locations: [{ location: 'W1' }] });
  });

  it('has no safety stock, and can be used as soon as it is registered, even inactive', async () => {
    const [sku, location] = [await product(), fresh('W')];
    const receipt = { receiptId: fresh('receipt'), location, quantity: 3 };
    expect(await ask('put-safety-stock', { sku, location }, { units: 1 })).toMatchObject({
      ...{ status: 422, body: { code: 'UNKNOWN_LOCATION' } },
    });
    expect((await ask('receive-stock', { sku }, receipt)).status).toBe(422);
    await ask('put-location', { location }, { country: 'DE', active: false });
    expect((await ask('receive-stock', { sku }, receipt)).status).toBe(201);
    expect((await ask('put-safety-stock', { sku, location }, { units: 1 })).status).toBe(200);
  });
});

describe('adjustments, counts and moves', () => {
  it('can be booked by staff and warehouse, and change the stock', async () => {
    const sku = await product(10);
    const [damaged, counted, moved] = [adjustment({ note: 'wet' }), count({ counted: 7 }), move()];
    expect(await ask('adjust-stock', { sku }, damaged)).toMatchObject({ status: 201, body: { ...damaged, sku } });
    expect(await ask('count-stock', { sku }, counted, warehouse)).toMatchObject({
      status: 201,
      body: { ...counted, sku, delta: -1, at: expect.stringMatching(/Z$/) },
    });
    expect(await ask('move-stock', { sku }, moved, warehouse)).toMatchObject({ status: 201, body: { ...moved, sku } });
    expect((await ask('get-stock', { sku })).body).toEqual({
      sku,
      onHand: 7,
      available: 7,
      reserved: 0,
      safety: 0,
      locations: [
        { location: 'W1', onHand: 5, available: 5, reserved: 0, safety: 0, shipped: 0 },
        { location: 'W2', onHand: 2, available: 2, reserved: 0, safety: 0, shipped: 0 },
      ],
    });
    expect((await ask('adjust-stock', { sku }, damaged)).body.at).toBe(
      (await ask('adjust-stock', { sku }, damaged)).body.at,
    );
    expect((await ask('get-stock', { sku })).body.onHand).toBe(7);
  });

  it.each([
    ['adjust-stock', 'adjustmentId', adjustment({ adjustmentId: 'used' }), { quantity: 1 }],
    ['count-stock', 'countId', count({ countId: 'used' }), { counted: 9 }],
    ['move-stock', 'moveId', move({ moveId: 'used' }), { quantity: 1 }],
  ])('%s refuses an id that was used for a different entry', async (name, path, body, change) => {
    const sku = await product(10);
    expect((await ask(name, { sku }, body)).status).toBe(201);
    expect(await ask(name, { sku }, { ...body, ...change })).toMatchObject({
      status: 422,
      contentType: 'application/problem+json',
      body: { code: 'LEDGER_ID_REUSED', errors: [{ path }] },
    });
  });

  it.each([
    ['adjust-stock', 'quantity', adjustment({ quantity: -11 }), '10 may leave'],
    ['move-stock', 'quantity', move({ quantity: 11 }), '10 may leave'],
  ])('%s refuses more than is available, and says how many there are', async (name, path, body, detail) => {
    const sku = await product(10);
    expect(await ask(name, { sku }, body)).toMatchObject({
      status: 409,
      body: { code: 'NOT_ENOUGH_AVAILABLE', detail: expect.stringContaining(detail), errors: [{ path }] },
    });
    expect((await ask('get-stock', { sku })).body).toMatchObject({ onHand: 10, available: 10 });
  });

  it('may take units that safety stock keeps back', async () => {
    const sku = await product(10);
    expect((await ask('put-safety-stock', { sku, location: 'W1' }, { units: 10 })).body).toMatchObject({ held: 10 });
    expect(await ask('count-stock', { sku }, count({ counted: 9 }))).toMatchObject({
      status: 201,
      body: { delta: -1 },
    });
    expect((await ask('adjust-stock', { sku }, adjustment())).status).toBe(201);
    expect((await ask('move-stock', { sku }, move())).status).toBe(201);
    expect((await ask('get-stock', { sku })).body).toMatchObject({ onHand: 7, available: 2, safety: 5 });
  });

  it('can record a count below the reserved units, and says which orders have them', async () => {
    const sku = await product(10);
    const held = order({ [sku]: 4 });
    await openStock(process.env.INVENTORY_TABLE ?? '', { client: store.client }).reserve(held, systemClock());
    const short = count({ counted: 3 });
    expect(await ask('count-stock', { sku }, short)).toMatchObject({
      ...{ status: 409, body: { code: 'NOT_ENOUGH_AVAILABLE', errors: [{ message: 'must be at least 4' }] } },
    });
    expect(await ask('count-stock', { sku }, { ...short, acceptShortage: true })).toMatchObject({
      ...{ status: 201, body: { counted: 3, delta: -6, shortage: 1, ordersComplete: true } },
      ...{ body: { orders: [{ orderId: held.orderId, units: 4 }] } },
    });
    expect((await ask('get-stock', { sku })).body).toMatchObject({ onHand: 4, available: 0, reserved: 4 });
  });

  it('says what is wrong in words that fit the number', async () => {
    const sku = await product(1);
    const errorOf = async (name: string, body: object) => (await ask(name, { sku }, body)).body;
    expect(await errorOf('adjust-stock', adjustment({ quantity: -2 }))).toMatchObject({
      detail: '2 units are to leave W1 and 1 may leave; 0 are reserved for orders.',
      errors: [{ message: 'must be at least -1' }],
    });
    expect(await errorOf('adjust-stock', adjustment({ quantity: -1, location: 'W2' }))).toMatchObject({
      detail: '1 unit is to leave W2 and 0 may leave; 0 are reserved for orders.',
      errors: [{ message: 'must be positive: no units can be booked out' }],
    });
    expect(await errorOf('move-stock', move({ from: 'W2', to: 'W1', quantity: 1 }))).toMatchObject({
      errors: [{ message: 'no units can be moved from there' }],
    });
  });

  it.each([
    ['adjust-stock', 'quantity', adjustment({ quantity: 0 })],
    ['adjust-stock', 'quantity', adjustment({ quantity: 1.5 })],
    ['adjust-stock', 'quantity', adjustment({ quantity: '3' })],
    ['adjust-stock', 'quantity', adjustment({ quantity: -100_000_001 })],
    ['adjust-stock', 'reason', adjustment({ reason: 'whim' })],
    ['adjust-stock', 'reason', adjustment({ reason: undefined })],
    ['adjust-stock', 'note', adjustment({ note: 'a\u0000' })],
    ['adjust-stock', 'note', adjustment({ note: 'x'.repeat(201) })],
    ['adjust-stock', 'adjustmentId', adjustment({ adjustmentId: 'a b' })],
    ['adjust-stock', 'location', adjustment({ location: 'W#1' })],
    ['adjust-stock', 'colour', adjustment({ colour: 'red' })],
    ['count-stock', 'counted', count({ counted: -1 })],
    ['count-stock', 'counted', count({ counted: undefined })],
    ['count-stock', 'countId', count({ countId: '' })],
    ['count-stock', 'delta', count({ delta: 3 })],
    ['move-stock', 'quantity', move({ quantity: 0 })],
    ['move-stock', 'quantity', move({ quantity: -2 })],
    ['move-stock', 'to', move({ to: 'W1' })],
    ['move-stock', 'from', move({ from: '' })],
    ['move-stock', 'moveId', move({ moveId: 'x'.repeat(101) })],
    ['put-safety-stock', 'units', { units: -1 }],
    ['put-safety-stock', 'units', {}],
    ['put-safety-stock', 'location', { units: 1, location: 'W1' }],
  ])('%s names %s when it is wrong, and changes nothing', async (name, path, body) => {
    const sku = await product(10);
    expect(await ask(name, { sku, location: 'W1' }, body)).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_FAILED', errors: [{ path }] },
    });
    expect((await ask('get-stock', { sku })).body).toMatchObject({ onHand: 10, available: 10 });
  });

  it.each([
    ['adjust-stock', adjustment()],
    ['count-stock', count()],
    ['move-stock', move()],
    ['put-safety-stock', { units: 1 }],
  ])('%s refuses what the catalog does not know, a malformed SKU, and customers', async (name, body) => {
    const location = 'W1';
    const unknown = await ask(name, { sku: fresh('SKU'), location }, body);
    expect(unknown).toMatchObject({ status: 422, body: { code: 'UNKNOWN_SKU' } });
    const malformed = await ask(name, { sku: 'A#B', location }, body);
    expect(malformed).toMatchObject({ status: 400, body: { errors: [{ path: 'path.sku' }] } });
    expect((await ask(name, { sku: await product(5), location }, body, customer)).status).toBe(403);
  });
});

describe('PUT /inventory/{sku}/locations/{location}/safety-stock', () => {
  it('moves units for sale into the safety stock, and returns how many it holds', async () => {
    const sku = await product(3);
    const path = { sku, location: 'W1' };
    expect(await ask('put-safety-stock', path, { units: 5 })).toEqual({
      status: 200,
      contentType: 'application/json',
      body: { sku, location: 'W1', wanted: 5, held: 3 },
    });
    expect((await ask('get-stock', { sku })).body).toMatchObject({
      onHand: 3,
      available: 0,
      safety: 3,
      locations: [{ onHand: 3, available: 0, safety: 3 }],
    });
    expect((await ask('put-safety-stock', path, { units: 0 })).body).toMatchObject({ held: 0 });
    expect((await ask('put-safety-stock', path, { units: 1 }, warehouse)).status).toBe(403);
    expect((await ask('put-safety-stock', { sku, location: 'W#' }, { units: 1 })).body).toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: [{ path: 'path.location' }],
    });
  });
});

describe('the registry of locations', () => {
  const berlin = { name: 'Berlin', country: 'DE', postalCode: '10115', latitude: 52.52, longitude: 13.4, priority: 10 };

  it('stores a location for staff, and returns it to staff and warehouse', async () => {
    expect((await ask('get-location', { location: 'BER' })).status).toBe(404);
    const put = await ask('put-location', { location: 'BER' }, berlin);
    expect(put).toMatchObject({ status: 200, body: { ...berlin, location: 'BER', active: true } });
    expect(await ask('put-location', { location: 'VIE' }, { country: 'AT' })).toMatchObject({
      body: { location: 'VIE', country: 'AT', priority: 100, active: true },
    });
    expect((await ask('get-location', { location: 'BER' }, undefined, warehouse)).body).toEqual(put.body);
    await ask('put-location', { location: 'BER' }, { country: 'DE', active: false });
    const { items } = (await ask('list-locations', {}, undefined, warehouse)).body as unknown as {
      items: { location: string }[];
    };
    expect(items.filter(({ location }) => ['BER', 'VIE'].includes(location))).toEqual([
      { location: 'BER', country: 'DE', priority: 100, active: false },
      { location: 'VIE', country: 'AT', priority: 100, active: true },
    ]);
  });

  it.each([
    ['country', { ...berlin, country: 'Germany' }],
    ['country', { ...berlin, country: undefined }],
    ['latitude', { ...berlin, latitude: 91 }],
    ['longitude', { ...berlin, longitude: -181 }],
    ['longitude', { ...berlin, longitude: undefined }],
    ['latitude', { ...berlin, latitude: undefined }],
    ['priority', { ...berlin, priority: -1 }],
    ['priority', { ...berlin, priority: 10_000 }],
    ['active', { ...berlin, active: 'yes' }],
    ['name', { ...berlin, name: 'x'.repeat(201) }],
    ['country', { ...berlin, country: 'EL' }],
    ['country', { ...berlin, country: 'XX' }],
    ['colour', { ...berlin, colour: 'red' }],
  ])('names %s when it is wrong', async (path, body) => {
    expect(await ask('put-location', { location: 'X1' }, body)).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_FAILED', errors: [{ path }] },
    });
    expect((await ask('get-location', { location: 'X1' })).status).toBe(404);
  });

  it.each([1e-200, -5e-324, 1e-131])('can be at a latitude of %d degrees, which is the equator', async (latitude) => {
    const put = await ask('put-location', { location: 'EQ1' }, { ...berlin, latitude, longitude: 13.12345678901234 });
    expect(put).toMatchObject({ status: 200, body: { latitude: 0, longitude: 13.1234568 } });
    expect((await ask('get-location', { location: 'EQ1' })).body).toEqual(put.body);
  });

  it('rejects a malformed location in the path and names it, and can only be changed by staff', async () => {
    expect(await ask('put-location', { location: 'W#1' }, berlin)).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'path.location' }] },
    });
    expect((await ask('put-location', { location: 'X1' }, berlin, warehouse)).status).toBe(403);
    expect((await ask('list-locations', {}, undefined, customer)).status).toBe(403);
  });

  it('loses none of many locations that are put concurrently, and is bounded', async () => {
    const { locationRegistry, registerLocation } = await import('../../../functions/inventory/locations/index.ts');
    const { registryItemOf } = await import('../../../functions/inventory/locations/adapters/registry-item.ts');
    const table = await store.createTable(layouts.inventory);
    const registry = locationRegistry(table, { client: store.client });
    const put = (location: Parameters<typeof registerLocation>[0]) => registerLocation(location, registry);
    const all = async () => (await registry.registry.read()).locations;
    const place = (location: string) => ({ location, country: 'DE', priority: 100, active: true });
    await Promise.all(Array.from({ length: 5 }, (_, index) => put(place(`P${index}`))));
    expect((await all()).map(({ location }) => location)).toEqual(['P0', 'P1', 'P2', 'P3', 'P4']);
    const full = Array.from({ length: 500 }, (_, index) => place(`P${index}`));
    await store.client.send(
      new PutItemCommand({ TableName: table, Item: registryItemOf({ locations: full, revision: 5 }) }),
    );
    expect(await put(place('Z'))).toMatchObject({ refused: { code: 'TOO_MANY_LOCATIONS' } });
    expect(await put({ ...place('P7'), active: false })).toMatchObject({ active: false });
    expect(await all()).toHaveLength(500);
  });
});

describe('PUT /inventory/{sku}/plan', () => {
  it('sets whether order lines may be split, and keeps the setting when it is omitted', async () => {
    const { handler } = await import('../../../functions/inventory/put-stock-plan.ts');
    handlers['put-stock-plan'] = handler;
    const sku = await product(5);
    expect((await ask('put-stock-plan', { sku }, {})).body).toMatchObject({ splitLines: true });
    const { revision } = (await ask('put-stock-plan', { sku }, { splitLines: false })).body;
    expect((await ask('put-stock-plan', { sku }, {})).body).toMatchObject({ splitLines: false, revision });
    await ask('put-safety-stock', { sku, location: 'W1' }, { units: 2 });
    expect((await ask('put-stock-plan', { sku }, { expectedPeakPerSecond: 10 })).body).toMatchObject({
      splitLines: false,
    });
    expect((await ask('get-stock', { sku })).body).toMatchObject({ available: 3, safety: 2 });
    expect(await ask('put-stock-plan', { sku }, { splitLines: 'no' })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'splitLines' }] },
    });
  });
});
