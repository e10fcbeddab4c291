import { type AttributeValue, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Envelope } from '../../../events/envelope.ts';
import { toItem } from '../../../functions/orders/adapters/commit-item.ts';
import { dynamoOrderLog } from '../../../functions/orders/adapters/dynamodb-order-log.ts';
import type { Commit } from '../../../functions/orders/domain/commit.ts';
import { envelopesOf } from '../../../functions/orders/domain/envelopes.ts';
import type { HttpFunction } from '../../../functions/shared/http-handler.ts';
import { deriveId } from '../../../functions/shared/kernel/ids.ts';
import { type Instant, systemClock } from '../../../functions/shared/kernel/time.ts';
import { type AwsEndpoint, awsEndpoint } from '../../support/aws-endpoint.ts';
import { layouts, startStore, type TestStore } from '../../support/dynamodb.ts';
import { pointAwsAt } from '../../support/environment.ts';
import { call } from '../shared/requests.ts';
import { answers, berlin, commitsOf, confirmation, placed, sagaState } from './given.ts';

/**
 * A deployment replaces functions one by one, and a rollback leaves what the newer ones have written. The functions here
 * are the older ones: they meet commits, messages and saga states of a version that has added fields to everything. They
 * also meet commits of the version before, with events that are written no more.
 */
let store: TestStore;
let services: AwsEndpoint;
let viewsTable: string;
let ordersTable: string;
let functions: Record<'get' | 'events' | 'dispatch', HttpFunction>;
let publish: (batch: DynamoDBStreamEvent) => Promise<unknown>;
let project: (batch: DynamoDBStreamEvent) => Promise<unknown>;
let startOrderSaga: (batch: SQSEvent) => Promise<unknown>;
let confirmOrder: (state: unknown, context: unknown) => Promise<unknown>;

beforeAll(async () => {
  store = await startStore();
  services = await awsEndpoint();
  pointAwsAt({ store, services: services.url });
  ordersTable = await store.createTable(layouts.orders);
  viewsTable = await store.createTable(layouts.orderViews);
  Object.assign(process.env, {
    ORDERS_TABLE: ordersTable,
    ORDER_VIEWS_TABLE: viewsTable,
    CONTACTS_TABLE: await store.createTable(layouts.contacts),
    INVENTORY_TABLE: await store.createTable(layouts.inventory),
    DISCOUNTS_TABLE: await store.createTable(layouts.discounts),
    GATEWAY_RECORDS_TABLE: await store.createTable(layouts.gatewayRecords),
    BUS_NAME: 'bus',
    STREAM_FAILURES_QUEUE_URL: `${services.url}/failures`,
    ORDER_SAGA_ARN: 'arn:aws:states:us-east-1:000000000000:stateMachine:order-saga',
  });
  functions = {
    get: (await import('../../../functions/orders/get-order.ts')).handler,
    events: (await import('../../../functions/orders/list-order-events.ts')).handler,
    dispatch: (await import('../../../functions/orders/request-dispatch.ts')).handler,
  };
  publish = (await import('../../../functions/orders/publish-events.ts')).handler;
  project = (await import('../../../functions/orders/project-order.ts')).handler;
  startOrderSaga = (await import('../../../functions/fulfillment/start-order-saga.ts')).handler;
  confirmOrder = (await import('../../../functions/fulfillment/confirm-order.ts')).handler;
});
afterAll(async () => {
  await services.close();
  await store.stop();
});

let orderId: string;
let orders = 0;
beforeEach(() => {
  orders += 1;
  orderId = deriveId('ord', 'mixed-versions', String(orders));
  services.calls.length = 0;
  services.answer = ({ operation, input }) => {
    if (operation === 'PutEvents')
      return { body: { Entries: (input.Entries as object[]).map(() => ({ EventId: '1' })) } };
    return { body: { executionArn: 'arn', startDate: 0 } };
  };
});

const staff = { sub: 'sam', groups: ['staff'] };
const addition = { addedLater: { by: 'a newer writer' } };

/** The value with a field that no schema names, in each of its objects. */
function grown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(grown);
  if (typeof value !== 'object' || value === null) return value;
  return { ...Object.fromEntries(Object.entries(value).map(([key, each]) => [key, grown(each)])), ...addition };
}

type Change = (event: Record<string, unknown>) => object;
const byNewerWriter: Change = (event) => grown(event) as object;
const byOlderWriter: Change = (event) =>
  event.type === 'ShipmentBooked'
    ? { ...event, version: 1, data: { ...(event.data as object), labelUrl: 'https://labels.example/1.pdf' } }
    : event;

/** The item of a commit after another version of the software has written it. */
function itemBy(change: Change, commit: Commit): Record<string, AttributeValue> {
  const item = toItem(commit, { home: 'a', epoch: 0 });
  const events = (JSON.parse(item.events?.S ?? '') as Record<string, unknown>[]).map(change);
  return { ...item, events: { S: JSON.stringify(events) }, addedLater: { S: 'x' } };
}

/** Writes commits to the table, and returns the records of its stream. */
async function written(change: Change, commits: readonly Commit[]): Promise<DynamoDBStreamEvent> {
  const Records = commits.map((commit) => {
    const NewImage = itemBy(change, { ...commit, orderId });
    const Keys = { orderId: { S: orderId }, version: { N: String(commit.version) } };
    return { dynamodb: { SequenceNumber: `${commit.version}00`, Keys, NewImage } };
  });
  for (const { dynamodb } of Records) {
    await store.client.send(new PutItemCommand({ TableName: ordersTable, Item: dynamodb.NewImage }));
  }
  return { Records } as unknown as DynamoDBStreamEvent;
}

const calls = (operation: string) => services.calls.filter((each) => each.operation === operation);
const onBus = () =>
  calls('PutEvents').flatMap(({ input }) =>
    (input.Entries as { Detail: string }[]).map(({ Detail }) => JSON.parse(Detail) as Envelope),
  );

describe('after a newer writer has added fields', () => {
  const commits = commitsOf(placed, confirmation());

  it('the order is read, and shows nothing that is not known', async () => {
    await written(byNewerWriter, commits);
    const reply = await call(functions.get, { ...staff, path: { orderId } });
    expect(reply).toMatchObject({ status: 200, body: { orderId, status: 'confirmed', version: 2 } });
    expect(JSON.stringify(reply.body)).not.toContain('addedLater');
  });

  it('its events are published with what was added, and none is parked', async () => {
    expect(await publish(await written(byNewerWriter, commits))).toEqual({ batchItemFailures: [] });
    expect(calls('SendMessage')).toEqual([]);
    expect(onBus().map(({ type }) => type)).toEqual(commits.flatMap(({ events }) => events.map(({ type }) => type)));
    for (const { data } of onBus()) expect(data).toMatchObject(addition);
  });

  it('it is in the lists, and none is parked', async () => {
    expect(await project(await written(byNewerWriter, commits))).toEqual({ batchItemFailures: [] });
    expect(calls('SendMessage')).toEqual([]);
    const Key = { orderId: { S: orderId } };
    const { Item } = await store.client.send(new GetItemCommand({ TableName: viewsTable, Key }));
    expect(Item?.status?.S).toBe('confirmed');
  });

  it('its saga is started', async () => {
    const [detail] = envelopesOf({ ...(commits[0] as Commit), orderId });
    const body = JSON.stringify({ detail: grown(detail) });
    expect(await startOrderSaga({ Records: [{ messageId: 'm1', body }] } as SQSEvent)).toEqual({
      batchItemFailures: [],
    });
    expect(calls('StartExecution')).toMatchObject([{ input: { name: orderId } }]);
  });

  it('its dispatch is committed with the fields that this version knows', async () => {
    await written(byNewerWriter, commits);
    const reply = await call(functions.dispatch, { ...staff, path: { orderId, shipmentId: berlin } });
    expect(reply).toMatchObject({ status: 202, body: { version: 3, shipments: [{ status: 'dispatch_requested' }] } });
  });

  it('a step of its saga takes the answers of newer steps, and commits what this version knows', async () => {
    await written(byNewerWriter, commitsOf(placed));
    const { openStock } = await import('../../support/stock.ts');
    const stock = openStock(process.env.INVENTORY_TABLE ?? '');
    await stock.receive({ receiptId: orderId, sku: 'MUG', location: 'berlin', quantity: 5 }, systemClock());
    const expiresAt = '2099-01-01T00:00:00.000Z' as Instant;
    const lines = [{ lineId: '1', sku: 'MUG', quantity: 1 }];
    await stock.reserve({ orderId, lines, expiresAt }, systemClock());
    const state = { ...sagaState(answers()), orderId };
    expect(await confirmOrder(grown(state), {})).toEqual({ version: 2 });
    const reply = await call(functions.get, { ...staff, path: { orderId } });
    expect(reply.body).toMatchObject({ status: 'confirmed', shipments: [{ carrier: 'DHL' }] });
  });
});

describe('an order that was confirmed by the version before, whose shipments have the address of their label', () => {
  it('is read and goes on, and the address is in no answer', async () => {
    await written(byOlderWriter, commitsOf(placed, confirmation()));
    const replies = [
      await call(functions.get, { ...staff, path: { orderId } }),
      await call(functions.events, { ...staff, path: { orderId } }),
      await call(functions.dispatch, { ...staff, path: { orderId, shipmentId: berlin } }),
    ];
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 202]);
    expect(JSON.stringify(replies)).not.toContain('labels.example');
    const commits = await dynamoOrderLog(store.client, ordersTable).read(orderId);
    expect(commits.map(({ events }) => events.length)).toEqual([1, 4, 1]);
  });

  it('is published in the version that is written now, without the address', async () => {
    expect(await publish(await written(byOlderWriter, commitsOf(placed, confirmation())))).toEqual({
      batchItemFailures: [],
    });
    const [booked] = onBus().filter(({ type }) => type === 'ShipmentBooked');
    expect(booked).toMatchObject({ version: 2, data: { carrierShipmentId: 'cs_berlin' } });
    expect(JSON.stringify(onBus())).not.toContain('labels.example');
  });
});
