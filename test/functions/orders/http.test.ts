import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { orderResource } from '../../../api/orders.ts';
import type { OrderEvent } from '../../../events/catalog.ts';
import { dynamoOrderLog } from '../../../functions/orders/adapters/dynamodb-order-log.ts';
import { orderViewWriter } from '../../../functions/orders/adapters/dynamodb-order-views.ts';
import type { OrderLog } from '../../../functions/orders/commands/order-log.ts';
import { foldOrder } from '../../../functions/orders/domain/fold-order.ts';
import type { Order } from '../../../functions/orders/domain/order.ts';
import { orderView } from '../../../functions/orders/domain/order-view.ts';
import type { HttpFunction } from '../../../functions/shared/http-handler.ts';
import { shipmentIdFor } from '../../../functions/shared/kernel/ids.ts';
import { layouts, startStore, type TestStore } from '../../support/dynamodb.ts';
import { pointAwsAt } from '../../support/environment.ts';
import { call, type RequestOptions } from '../shared/requests.ts';
import { body, commitsOf, confirmation, event, sourcing } from './given.ts';

/** The functions as they are deployed: loaded with their environment, called with the events of API Gateway. */
let store: TestStore;
let log: OrderLog;
let functions: Record<'place' | 'get' | 'list' | 'events' | 'cancel' | 'dispatch', HttpFunction>;
let viewsTable: string;
let keys = 0;

beforeAll(async () => {
  store = await startStore();
  pointAwsAt({ store });
  viewsTable = await store.createTable(layouts.orderViews);
  Object.assign(process.env, {
    ORDERS_TABLE: await store.createTable(layouts.orders),
    ORDER_VIEWS_TABLE: viewsTable,
    CONTACTS_TABLE: await store.createTable(layouts.contacts),
    CATALOG_TABLE: await store.createTable(layouts.catalog),
    SETTINGS_TABLE: await store.createTable(layouts.settings),
    DISCOUNTS_TABLE: await store.createTable(layouts.discounts),
    GATEWAY_RECORDS_TABLE: await store.createTable(layouts.gatewayRecords),
    IDEMPOTENCY_TABLE: await store.createTable(layouts.idempotency),
  });
  const { catalog } = await import('../../../functions/catalog/adapters/dynamodb-catalog.ts');
  const products = catalog(process.env.CATALOG_TABLE ?? '', { client: store.client });
  for (const [sku, amountMinor] of [
    ['MUG', 1_000],
    ['LAMP', 3_000],
  ] as const) {
    const prices = [{ currency: 'EUR', amountMinor }];
    await products.put({
      sku,
      title: sku,
      prices,
      weightGrams: 300,
      taxCategory: 'standard',
      digital: false,
      active: true,
    });
  }
  log = dynamoOrderLog(store.client, process.env.ORDERS_TABLE ?? '');
  functions = {
    place: (await import('../../../functions/orders/place-order.ts')).handler,
    get: (await import('../../../functions/orders/get-order.ts')).handler,
    list: (await import('../../../functions/orders/list-orders.ts')).handler,
    events: (await import('../../../functions/orders/list-order-events.ts')).handler,
    cancel: (await import('../../../functions/orders/cancel-order.ts')).handler,
    dispatch: (await import('../../../functions/orders/request-dispatch.ts')).handler,
  };
});
afterAll(() => store.stop());

const place = (options: RequestOptions = {}) =>
  call(functions.place, { body, headers: { 'idempotency-key': `http-${keys}` }, ...options });
const staff = { sub: 'sam', groups: ['staff'] };
const warehouse = { sub: 'wim', groups: ['warehouse'] };

/** Commits of other commands, at the end of an order's log. */
async function append(orderId: string, ...decisions: readonly (readonly OrderEvent[])[]): Promise<void> {
  const start = (await log.read(orderId)).length;
  for (const commit of commitsOf(...decisions))
    await log.append({ ...commit, orderId, version: start + commit.version });
}

let orderId: string;
beforeEach(async () => {
  keys += 1;
  orderId = (await place()).body.orderId;
});

describe('POST /orders', () => {
  it('answers 201 with the order and its location', async () => {
    const reply = await place({ headers: { 'idempotency-key': 'fresh' } });
    expect(reply).toMatchObject({ status: 201, headers: { location: `/orders/${reply.body.orderId}` } });
    expect(orderResource.parse(reply.body)).toMatchObject({
      customerId: 'alice',
      status: 'placed',
      totals: { subtotalMinor: 5_000, shippingMinor: 490, taxMinor: 1_043, totalMinor: 6_533 },
      shippingAddress: body.shippingAddress,
      contact: body.contact,
    });
  });

  it('gives the repeated request the same answer, marked as a replay', async () => {
    const [first, again] = [
      await place({ headers: { 'idempotency-key': 'twice' } }),
      await place({ headers: { 'idempotency-key': 'twice' } }),
    ];
    const current = { status: 'placed', paymentStatus: 'none', fulfillmentStatus: 'unfulfilled', version: 1 };
    expect(again).toMatchObject({
      ...{ status: 201, headers: { ...first.headers, 'idempotent-replayed': 'true' } },
      body: { ...first.body, current },
    });
  });

  it.each<[string, RequestOptions, number, string]>([
    ['without a key', { headers: {} }, 400, 'IDEMPOTENCY_KEY_REQUIRED'],
    ['with a used key', { body: { ...body, lines: [{ sku: 'MUG', quantity: 9 }] } }, 422, 'IDEMPOTENCY_KEY_REUSED'],
    [
      'for something unknown',
      { body: { ...body, lines: [{ sku: 'GHOST', quantity: 1 }] }, headers: { 'idempotency-key': 'g' } },
      422,
      'UNKNOWN_SKU',
    ],
    [
      'in another currency',
      { body: { ...body, currency: 'USD' }, headers: { 'idempotency-key': 'u' } },
      422,
      'CURRENCY_NOT_SOLD',
    ],
    [
      'at another price',
      { body: { ...body, expectedTotalMinor: 1 }, headers: { 'idempotency-key': 'p' } },
      409,
      'PRICE_CHANGED',
    ],
    ['without a subject in the token', { sub: null }, 403, 'FORBIDDEN'],
    ['with a price of its own', { body: { ...body, totalMinor: 1 } }, 400, 'VALIDATION_FAILED'],
  ])('%s is refused', async (_, options, status, code) => {
    expect(await place(options)).toMatchObject({ status, body: { code } });
  });
});

describe('GET /orders/{orderId}', () => {
  const get = (options: RequestOptions = {}) => call(functions.get, { path: { orderId }, ...options });

  it('shows its owner the order as it is now', async () => {
    await append(orderId, confirmation());
    const reply = await get();
    expect(reply).toMatchObject({
      status: 200,
      body: { orderId, status: 'confirmed', version: 2, contact: body.contact },
    });
    expect(orderResource.safeParse(reply.body).error).toBeUndefined();
  });

  it('shows staff any order', async () => {
    expect((await get(staff)).status).toBe(200);
  });

  it('shows the warehouse what it must pack, without the address: the label has it', async () => {
    await append(orderId, confirmation());
    const { status, body: order } = await get(warehouse);
    expect(status).toBe(200);
    expect(order).toMatchObject({ status: 'confirmed', shipments: [{ shipmentId: shipmentId(), status: 'booked' }] });
    for (const personal of ['shippingAddress', 'contact', 'sourcing']) expect(order).not.toHaveProperty(personal);
    expect((await get({ ...warehouse, sub: 'alice' })).body).toHaveProperty('contact');
  });

  it.each<[string, RequestOptions]>([
    ["another customer's order", { sub: 'eve' }],
    ["another customer's order, for a member of another group", { sub: 'eve', groups: ['x,staff', 'beta-testers'] }],
    ['an order that does not exist', { path: { orderId: `ord_${'0'.repeat(26)}` } }],
    ['an id that is none', { path: { orderId: 'ord_1' } }],
    ['an id that is none, for staff', { path: { orderId: '../contacts' }, ...staff }],
  ])('answers 404 for %s', async (_, options) => {
    expect(await get(options)).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND', detail: 'There is no such order.' },
    });
  });
});

describe('GET /orders/{orderId}/events', () => {
  const events = (options: RequestOptions = {}) => call(functions.events, { path: { orderId }, ...options });

  it('lists the events, oldest first, with their actors', async () => {
    await append(orderId, confirmation());
    const { status, body: answer } = await events();
    expect(status).toBe(200);
    expect(answer.items.map(({ type }: { type: string }) => type)).toEqual([
      'OrderPlaced',
      ...confirmation().map(({ type }) => type),
    ]);
    expect(answer.items[0]).toMatchObject({
      eventId: `${orderId}:1:0`,
      sequence: 1,
      index: 0,
      actor: 'customer:alice',
    });
    expect(JSON.stringify(answer)).not.toContain('Hauptstr');
  });

  it("answers 404 for another customer's order, also for the warehouse", async () => {
    expect((await events({ sub: 'eve' })).status).toBe(404);
    expect((await events(warehouse)).status).toBe(404);
  });

  it('shows the customer no sourcing, no ids of gateways and no ids of staff, and shows staff all of them', async () => {
    const [reserved, ...others] = confirmation();
    const withSourcing = { ...reserved, data: { ...reserved?.data, sourcing } } as OrderEvent;
    await append(orderId, [withSourcing, ...others]);
    await call(functions.cancel, { path: { orderId }, ...staff });
    const [seen, all] = [await events(), await events(staff)];
    expect(all.body.items.map(({ actor }: { actor: string }) => actor).at(-1)).toBe('staff:sam');
    expect(seen.body.items.map(({ actor }: { actor: string }) => actor)).toEqual([
      'customer:alice',
      ...confirmation().map(() => 'saga:order'),
      'staff',
    ]);
    for (const secret of ['sourcing', 'vienna', 'pi_1', 'cs_berlin', 'pm_card_visa', 'weightGrams', 'sam']) {
      expect([secret, JSON.stringify(all.body).includes(secret)]).toEqual([secret, true]);
      expect([secret, JSON.stringify(seen.body).includes(secret)]).toEqual([secret, false]);
    }
    expect(seen.body.items.find(({ type }: { type: string }) => type === 'ShipmentBooked').data).toMatchObject({
      trackingCode: 'track-berlin',
      amountMinor: expect.any(Number),
    });
  });
});

describe('POST /orders/{orderId}/cancel', () => {
  const cancel = (options: RequestOptions = {}) => call(functions.cancel, { path: { orderId }, ...options });
  const commits = async () => (await log.read(orderId)).length;

  it('records the request of the owner once', async () => {
    expect(await cancel()).toMatchObject({ status: 202, body: { status: 'placed', version: 2 } });
    expect(await cancel()).toMatchObject({ status: 202, body: { version: 2 } });
    expect((await log.read(orderId))[1]).toMatchObject({
      actor: 'customer:alice',
      events: [{ type: 'CancellationRequested', data: { from: 'placed', by: 'customer' } }],
    });
  });

  it('of a customer in any other group is the request of a customer', async () => {
    expect((await cancel({ sub: 'alice', groups: ['beta-testers'] })).status).toBe(202);
    expect((await log.read(orderId))[1]).toMatchObject({
      actor: 'customer:alice',
      events: [{ data: { by: 'customer' } }],
    });
  });

  it('records a request of staff', async () => {
    expect((await cancel(staff)).status).toBe(202);
    expect((await log.read(orderId))[1]).toMatchObject({ actor: 'staff:sam', events: [{ data: { by: 'staff' } }] });
  });

  it.each<[string, RequestOptions]>([
    ['another customer', { sub: 'eve' }],
    ['the warehouse', warehouse],
  ])('does not exist for %s', async (_, options) => {
    expect((await cancel(options)).status).toBe(404);
    expect(await commits()).toBe(1);
  });

  it('is refused once a parcel was handed over', async () => {
    await append(orderId, confirmation(), [dispatchOf(orderId)]);
    expect(await cancel()).toMatchObject({ status: 409, body: { code: 'ORDER_NOT_CANCELLABLE' } });
    expect(await commits()).toBe(3);
  });
});

/** Replaces the shipment ids of the fixture by ids of the test's own order. */
const dispatchOf = (_orderId: string) =>
  event('DispatchRequested', {
    ...{ shipmentId: shipmentId(), location: 'berlin', lines: [], paymentId: 'pi_1' },
    ...{ amountMinor: 1, currency: 'EUR', finalCapture: true },
  });
const shipmentId = () =>
  confirmation().flatMap((each) => (each.type === 'ShipmentBooked' ? [each.data.shipmentId] : []))[0] ?? '';

describe('POST /orders/{orderId}/shipments/{shipmentId}/dispatch', () => {
  const dispatch = (options: RequestOptions = {}) =>
    call(functions.dispatch, { path: { orderId, shipmentId: shipmentId() }, ...warehouse, ...options });

  it('is requested once by the warehouse or by staff', async () => {
    await append(orderId, confirmation());
    expect(await dispatch()).toMatchObject({ status: 202, body: { shipments: [{ status: 'dispatch_requested' }] } });
    expect(await dispatch(staff)).toMatchObject({ status: 202, body: { version: 3 } });
  });

  it('shows the warehouse no address: the label has it', async () => {
    await append(orderId, confirmation());
    expect(Object.keys((await dispatch()).body)).not.toContain('shippingAddress');
  });

  it.each<[string, RequestOptions, number, string]>([
    ['for the customer', { sub: 'alice', groups: [] }, 403, 'FORBIDDEN'],
    ['before the order is confirmed', {}, 404, 'NOT_FOUND'],
    ['for an order that does not exist', { path: { orderId: 'ord_1', shipmentId: 'shp_1' } }, 404, 'NOT_FOUND'],
  ])('is refused %s', async (_, options, status, code) => {
    expect(await dispatch(options)).toMatchObject({ status, body: { code } });
  });

  it('is refused while the order is being cancelled', async () => {
    await append(orderId, confirmation(), [event('CancellationRequested', { from: 'confirmed', by: 'customer' })]);
    expect(await dispatch()).toMatchObject({ status: 409, body: { code: 'SHIPMENT_NOT_DISPATCHABLE' } });
  });

  it('is refused for a shipment of another order', async () => {
    await append(orderId, confirmation());
    const other = { path: { orderId, shipmentId: shipmentIdFor(orderId, 'mars') } };
    expect(await dispatch(other)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });
});

describe('GET /orders', () => {
  const list = (options: RequestOptions = {}) => call(functions.list, options);
  const project = async (...ids: string[]) => {
    const write = orderViewWriter(viewsTable);
    for (const id of ids) await write(orderView(foldOrder(await log.read(id)) as Order));
  };

  it('shows customers their own orders and staff all orders, page by page', async () => {
    const bobs = (await place({ sub: 'bob' })).body.orderId;
    const carols = (await place({ sub: 'carol' })).body.orderId;
    await project(bobs, carols);
    const idsOf = (reply: { body: { items: { orderId: string }[] } }) => reply.body.items.map((item) => item.orderId);
    expect(idsOf(await list({ sub: 'bob' }))).toEqual([bobs]);
    expect(idsOf(await list({ sub: 'nobody' }))).toEqual([]);
    const first = await list({ ...staff, query: { limit: '1' } });
    const second = await list({ ...staff, query: { limit: '1', cursor: first.body.nextCursor } });
    expect([...idsOf(first), ...idsOf(second)]).toEqual([carols, bobs]);
    expect(idsOf(await list({ ...warehouse, query: { limit: '2' } }))).toEqual([carols, bobs]);
    expect(idsOf(await list({ sub: 'eve', groups: ['x,staff'] }))).toEqual([]);
  });

  it('filters by status', async () => {
    const daves = (await place({ sub: 'dave' })).body.orderId;
    await project(daves);
    expect((await list({ sub: 'dave', query: { status: 'placed' } })).body.items).toHaveLength(1);
    expect((await list({ sub: 'dave', query: { status: 'cancelled' } })).body.items).toHaveLength(0);
  });

  it.each<[string, Record<string, string>, string]>([
    ['a wrong cursor', { cursor: 'garbage' }, 'INVALID_CURSOR'],
    ['a wrong limit', { limit: '101' }, 'VALIDATION_FAILED'],
    ['an unknown status', { status: 'lost' }, 'VALIDATION_FAILED'],
    ['an empty range', { from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 'VALIDATION_FAILED'],
  ])('is refused for %s', async (_, query, code) => {
    expect(await list({ query })).toMatchObject({ status: 400, body: { code } });
  });
});
