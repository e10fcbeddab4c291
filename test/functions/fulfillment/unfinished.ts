import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, vi } from 'vitest';
import type { OrderEvent } from '../../../events/catalog.ts';
import { dynamoDueOrders } from '../../../functions/orders/adapters/dynamodb-due-orders.ts';
import { dynamoOrderLog } from '../../../functions/orders/adapters/dynamodb-order-log.ts';
import type { Commit } from '../../../functions/orders/domain/commit.ts';
import type { HttpFunction } from '../../../functions/shared/http-handler.ts';
import { deriveId } from '../../../functions/shared/kernel/ids.ts';
import { addSeconds, systemClock } from '../../../functions/shared/kernel/time.ts';
import { type AwsEndpoint, awsEndpoint } from '../../support/aws-endpoint.ts';
import { layouts, startStore, type TestStore } from '../../support/dynamodb.ts';
import { pointAwsAt } from '../../support/environment.ts';
import { event, origin, placement, shipmentsOf } from '../orders/given.ts';
import { streamItem } from '../orders/stream.ts';

export const holdSeconds = 900;
/** Seconds after the last change at which a saga is lost: Express ends in five minutes. */
export const lost = 360;

export let store: TestStore;
export let stepFunctions: AwsEndpoint;
/** The functions as they are deployed, loaded anew for each test. */
export let functions: {
  project: (batch: object) => Promise<unknown>;
  resume: () => Promise<void>;
  audit: () => Promise<void>;
  cancel: HttpFunction;
  dispatch: HttpFunction;
};
/** Spies on what the functions log. */
export let logged: { readonly error: ReturnType<typeof vi.spyOn>; readonly info: ReturnType<typeof vi.spyOn> };
let number = 0;

const arn = (saga: string) => `arn:aws:states:us-east-1:000000000000:stateMachine:${saga}`;

/** Starts the store and the services for a test file. Each test has its own views, so that it meets only its own orders. */
export function openUnfinished(): void {
  beforeAll(async () => {
    store = await startStore();
    stepFunctions = await awsEndpoint();
    pointAwsAt({ store, services: stepFunctions.url });
    Object.assign(process.env, {
      ORDERS_TABLE: await store.createTable(layouts.orders),
      INVENTORY_TABLE: await store.createTable(layouts.inventory),
      DISCOUNTS_TABLE: await store.createTable(layouts.discounts),
      CONTACTS_TABLE: await store.createTable(layouts.contacts),
      ORDER_SAGA_ARN: arn('order-saga'),
      DISPATCH_SAGA_ARN: arn('dispatch-saga'),
      CANCELLATION_SAGA_ARN: arn('cancellation-saga'),
      STREAM_FAILURES_QUEUE_URL: 'http://127.0.0.1:9/none',
      HOLD_SECONDS: String(holdSeconds),
      // The audit finds no payment gateway there, so it reports on the orders alone.
      PAYMENT_ENDPOINT: 'http://127.0.0.1:9',
      PAYMENT_SECRET_ID: 'none',
    });
  });
  afterAll(async () => {
    await stepFunctions.close();
    await store.stop();
  });
  beforeEach(async () => {
    process.env.ORDER_VIEWS_TABLE = await store.createTable(layouts.orderViews);
    vi.resetModules();
    const [project, resume, audit, cancel, dispatch, { logger }] = await Promise.all([
      import('../../../functions/orders/project-order.ts'),
      import('../../../functions/fulfillment/resume-unfinished.ts'),
      import('../../../functions/fulfillment/audit-stock.ts'),
      import('../../../functions/orders/cancel-order.ts'),
      import('../../../functions/orders/request-dispatch.ts'),
      import('../../../functions/shared/logging.ts'),
    ]);
    functions = {
      project: (batch) => project.handler(batch as never),
      resume: () => resume.handler(),
      audit: () => audit.handler(),
      cancel: cancel.handler,
      dispatch: dispatch.handler,
    };
    logged = {
      error: vi.spyOn(logger, 'error').mockReturnValue(undefined),
      info: vi.spyOn(logger, 'info').mockReturnValue(undefined),
    };
    vi.spyOn(logger, 'warn').mockReturnValue(undefined);
    stepFunctions.calls.length = 0;
    stepFunctions.answer = () => undefined;
  });
}

/** Commits of an order, the last one so many seconds ago and each of the others a minute before the next. */
export function commitsOf(secondsAgo: number, ...decisions: readonly (readonly OrderEvent[])[]): Commit[] {
  number += 1;
  const orderId = deriveId('ord', 'unfinished', String(number));
  const all = [[event('OrderPlaced', placement)], ...decisions];
  return all.map((events, index) => ({
    ...origin,
    orderId,
    version: index + 1,
    events: events.map((each) => JSON.parse(JSON.stringify(each)) as OrderEvent),
    committedAt: addSeconds(systemClock(), -secondsAgo - 60 * (all.length - 1 - index)),
  }));
}

async function project(commits: readonly Commit[]): Promise<void> {
  if (commits.length === 0) return;
  const records = commits.map(streamItem).map(({ sequenceNumber, key, image }) => ({
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    dynamodb: {
      SequenceNumber: sequenceNumber,
      Keys: { orderId: { S: key.orderId }, version: { N: key.version } },
      NewImage: image,
    },
  }));
  expect(await functions.project({ Records: records })).toEqual({ batchItemFailures: [] });
}

/** An order in the log and, by its projector, in the lists. @returns its id. */
export async function given(commits: readonly Commit[], projected = commits): Promise<string> {
  const log = dynamoOrderLog(store.client, process.env.ORDERS_TABLE ?? '');
  for (const commit of commits) await log.append(commit);
  await project(projected);
  return commits[0]?.orderId ?? '';
}

export async function viewOf(orderId: string): Promise<Record<string, unknown>> {
  const request = { TableName: process.env.ORDER_VIEWS_TABLE ?? '', Key: { orderId: { S: orderId } } };
  const { Item } = await store.client.send(new GetItemCommand(request));
  return unmarshall(Item ?? {});
}

export const starts = () =>
  stepFunctions.calls.map(({ input }) => ({
    saga: String(input.stateMachineArn).split(':').at(-1),
    name: String(input.name),
    input: String(input.input),
  }));
export const namesOf = (orderId: string) =>
  starts().flatMap(({ name, input }) => (input.includes(orderId) ? name : []));

/** Lets the time pass that a test would have to wait for: the order was due for the last time before its saga was due again. */
export async function elapse(orderId: string): Promise<void> {
  const { dueKey } = await viewOf(orderId);
  const taken = await dynamoDueOrders(process.env.ORDER_VIEWS_TABLE ?? '').take(
    String(dueKey),
    addSeconds(systemClock(), -lost),
  );
  expect(taken).toBeDefined();
}

export const backorderHeld = event('OrderHeld', {
  ...{ reason: 'backordered', detail: '2 of MUG are backordered.', waitsFor: { sku: 'MUG', units: 2 } },
});
export const shipment = shipmentsOf()[0] as ReturnType<typeof shipmentsOf>[number];
export const dispatchRequested = event('DispatchRequested', {
  shipmentId: shipment.shipmentId,
  location: shipment.location,
  lines: shipment.lines,
  paymentId: 'pi_1',
  amountMinor: placement.totals.totalMinor,
  currency: 'EUR',
  finalCapture: true,
});

/** The value of a metric that a function counted while it ran, in the dimensions that its alarm watches. */
export async function counted(run: () => Promise<void>, metric: string): Promise<unknown> {
  const texts: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => texts.push(String(text)) > 0);
  try {
    await run();
  } finally {
    write.mockRestore();
  }
  const lines = texts
    .filter((text) => text.includes(metric))
    .map((text) => JSON.parse(text) as Record<string, unknown>);
  const line = lines.find((each) => metric in each);
  expect(line).toMatchObject({
    _aws: { CloudWatchMetrics: [{ Namespace: 'Holdfast', Dimensions: [['stage', 'cell']] }] },
    stage: 'dev',
    cell: 'a',
  });
  return line?.[metric];
}
