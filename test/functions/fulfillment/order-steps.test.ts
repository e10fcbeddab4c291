import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OrderEvent } from '../../../events/catalog.ts';
import { toItem } from '../../../functions/orders/adapters/commit-item.ts';
import { dynamoOrderLog } from '../../../functions/orders/adapters/dynamodb-order-log.ts';
import type { OrderLog } from '../../../functions/orders/commands/order-log.ts';
import type { Commit } from '../../../functions/orders/domain/commit.ts';
import { envelopesOf } from '../../../functions/orders/domain/envelopes.ts';
import { foldOrder } from '../../../functions/orders/domain/fold-order.ts';
import type { Order } from '../../../functions/orders/domain/order.ts';
import { deriveId } from '../../../functions/shared/kernel/ids.ts';
import { systemClock } from '../../../functions/shared/kernel/time.ts';
import { logger } from '../../../functions/shared/logging.ts';
import { type AwsEndpoint, awsEndpoint } from '../../support/aws-endpoint.ts';
import { layouts, startStore, type TestStore } from '../../support/dynamodb.ts';
import { pointAwsAt } from '../../support/environment.ts';
import {
  answers,
  berlin,
  cancellationAsked,
  captureOf,
  caught,
  commitsOf,
  confirmation,
  dispatchState,
  event,
  placed,
  sagaState,
  undoState,
} from '../orders/given.ts';

type Step = (event: unknown, context: unknown) => Promise<unknown>;

/**
 * The functions as they are deployed: loaded with their environment, called as by Step Functions, SQS and the stream.
 */
let store: TestStore;
let services: AwsEndpoint;
let log: OrderLog;
let orderId: string;
let orders = 0;

beforeAll(async () => {
  [store, services] = await Promise.all([startStore(), awsEndpoint()]);
  pointAwsAt({ store, services: services.url });
  Object.assign(process.env, {
    ORDERS_TABLE: await store.createTable(layouts.orders),
    ORDER_VIEWS_TABLE: await store.createTable(layouts.orderViews),
    CONTACTS_TABLE: await store.createTable(layouts.contacts),
    INVENTORY_TABLE: await store.createTable(layouts.inventory),
    DISCOUNTS_TABLE: await store.createTable(layouts.discounts),
    STREAM_FAILURES_QUEUE_URL: `${services.url}/failures`,
    BUS_NAME: 'bus',
    ORDER_SAGA_ARN: 'arn:order',
    DISPATCH_SAGA_ARN: 'arn:dispatch',
    CANCELLATION_SAGA_ARN: 'arn:cancellation',
  });
  log = dynamoOrderLog(store.client, process.env.ORDERS_TABLE ?? '');
});
afterAll(async () => {
  await services.close();
  await store.stop();
});
beforeEach(async () => {
  vi.spyOn(logger, 'error').mockImplementation(() => undefined);
  services.calls.length = 0;
  services.answer = () => undefined;
  orders += 1;
  orderId = deriveId('ord', 'steps', `${orders}`);
  await append(placed);
});

async function append(...decisions: readonly (readonly OrderEvent[])[]): Promise<void> {
  const start = (await log.read(orderId)).length;
  for (const commit of commitsOf(...decisions))
    await log.append({ ...commit, orderId, version: start + commit.version });
}

const order = async () => foldOrder(await log.read(orderId)) as Order;
const lastCommit = async () => (await log.read(orderId)).at(-1) as Commit;
const run = async (step: Promise<{ handler: Step }>, state: object) => (await step).handler({ ...state, orderId }, {});

describe('ConfirmOrder', () => {
  const confirm = (state = sagaState(answers())) =>
    run(import('../../../functions/fulfillment/confirm-order.ts'), state);
  const hold = async () => {
    const { openStock } = await import('../../support/stock.ts');
    const stock = openStock(process.env.INVENTORY_TABLE ?? '');
    const lines = [{ lineId: '1', sku: 'MUG', quantity: 1 }];
    await stock.receive({ receiptId: orderId, sku: 'MUG', location: 'berlin', quantity: 5 }, systemClock());
    await stock.reserve({ orderId, lines, expiresAt: '2099-01-01T00:00:00.000Z' as never }, systemClock());
  };

  it('confirms the hold and then the order, and returns the version', async () => {
    await hold();
    expect(await confirm()).toEqual({ version: 2 });
    expect(await order()).toMatchObject({ status: 'confirmed', payment: { paymentId: 'pi_1' } });
    expect(await lastCommit()).toMatchObject({
      actor: 'saga:order',
      causationId: `${orderId}:1`,
      correlationId: 'corr-1',
    });
  });

  it('has no effect when it runs again', async () => {
    await hold();
    await confirm();
    expect(await confirm()).toEqual({ version: 2 });
  });

  it('fails with CANCELLATION_REQUESTED when a cancellation was requested first', async () => {
    await hold();
    await append([cancellationAsked()]);
    await expect(confirm()).rejects.toThrow(expect.objectContaining({ name: 'CANCELLATION_REQUESTED' }));
    expect(await order()).toMatchObject({ status: 'placed', version: 2 });
  });

  it('is refused without a live hold, and confirms nothing', async () => {
    await expect(confirm()).rejects.toThrow(expect.objectContaining({ name: 'RESERVATION_CLOSED' }));
    expect(await order()).toMatchObject({ status: 'placed' });
  });
});

describe('RejectOrder and RecordCancellation', () => {
  const undone = { stock: { released: answers().stock.allocations } };

  it('end a failed order as rejected', async () => {
    await append([event('PaymentDeclined', { code: 'PAYMENT_DECLINED', detail: 'No.' })]);
    const answer = await run(import('../../../functions/fulfillment/reject-order.ts'), undoState({ undone }));
    expect(answer).toEqual({ status: 'rejected', version: 3 });
    expect(await order()).toMatchObject({ rejection: { code: 'PAYMENT_DECLINED' } });
  });

  it('end a cancelled order as cancelled', async () => {
    await append(confirmation(), [cancellationAsked('confirmed')]);
    const answer = await run(import('../../../functions/fulfillment/record-cancellation.ts'), undoState({ undone }));
    expect(answer).toEqual({ status: 'cancelled', version: 4 });
    expect(await lastCommit()).toMatchObject({ actor: 'saga:cancellation' });
  });

  it('do not change a confirmed order', async () => {
    await append(confirmation());
    const answer = await run(import('../../../functions/fulfillment/reject-order.ts'), undoState({ undone }));
    expect(answer).toEqual({ status: 'confirmed', version: 2 });
  });
});

describe('RecordDispatch and HoldOrder', () => {
  const dispatched = async () => {
    await append(confirmation(), [
      event('DispatchRequested', {
        ...{ shipmentId: berlin, location: 'berlin', lines: [], paymentId: 'pi_1' },
        ...{ amountMinor: 1, currency: 'EUR', finalCapture: true },
      }),
    ]);
    return order();
  };

  it('record the dispatch and the capture', async () => {
    const before = await dispatched();
    const state = dispatchState(before, berlin, { capture: captureOf(before, berlin) });
    expect(await run(import('../../../functions/fulfillment/record-dispatch.ts'), state)).toEqual({
      status: 'confirmed',
      version: 4,
    });
    expect((await lastCommit()).events.map(({ type }) => type)).toEqual(['PaymentCaptured', 'ShipmentDispatched']);
    expect(await lastCommit()).toMatchObject({ actor: 'saga:dispatch' });
  });

  it('hold the shipment whose capture was refused', async () => {
    const state = dispatchState(await dispatched(), berlin, {
      failure: caught('PAYMENT_CAPTURE_REFUSED', 'No funds.'),
    });
    expect(await run(import('../../../functions/fulfillment/hold-order.ts'), state)).toEqual({
      status: 'on_hold',
      version: 4,
    });
    expect(await order()).toMatchObject({ hold: { reason: 'capture_failed' } });
  });

  it('hold the order whose undo is stuck', async () => {
    const state = undoState({ failure: caught('OUT_OF_STOCK', ''), undoFailure: caught('TransientFault', 'busy') });
    expect(await run(import('../../../functions/fulfillment/hold-order.ts'), state)).toEqual({
      status: 'on_hold',
      version: 2,
    });
    expect(await order()).toMatchObject({ hold: { reason: 'compensation_failed' } });
  });
});

describe('the saga that an event starts', () => {
  const messages = (commit: Commit, index = 0): SQSEvent => {
    const body = JSON.stringify({ detail: envelopesOf({ ...commit, orderId })[index] });
    return { Records: [{ messageId: 'm1', body }] } as SQSEvent;
  };
  const started = () =>
    services.calls.map(({ input }) => [input.stateMachineArn, input.name, JSON.parse(String(input.input))]);

  it('is, for a placed order, the order saga under the name of the order', async () => {
    const { handler } = await import('../../../functions/fulfillment/start-order-saga.ts');
    expect(await handler(messages(commitsOf(placed)[0] as Commit))).toEqual({ batchItemFailures: [] });
    expect(started()).toEqual([['arn:order', orderId, { ...sagaState(), orderId }]]);
  });

  it('is, for a dispatch, its saga under the name of the shipment and the version', async () => {
    const { handler } = await import('../../../functions/fulfillment/start-dispatch-saga.ts');
    const data = {
      ...{ shipmentId: berlin, location: 'berlin', lines: [], paymentId: 'pi_1' },
      ...{ amountMinor: 1, currency: 'EUR', finalCapture: true },
    };
    const [, , commit] = commitsOf(placed, confirmation(), [event('DispatchRequested', data)]) as Commit[];
    await handler(messages(commit as Commit));
    expect(started()).toEqual([
      ['arn:dispatch', `${berlin}-3`, { orderId, version: 3, correlationId: 'corr-1', traceparent: '', ...data }],
    ]);
  });

  it('is, for a cancellation, its saga under the name of the order and the version', async () => {
    const { handler } = await import('../../../functions/fulfillment/start-cancellation-saga.ts');
    const [, , commit] = commitsOf(placed, confirmation(), [cancellationAsked('confirmed')]) as Commit[];
    await handler(messages(commit as Commit));
    expect(started()).toEqual([
      ['arn:cancellation', `${orderId}-cancel-3`, { orderId, version: 3, correlationId: 'corr-1', traceparent: '' }],
    ]);
  });

  it('has a name that Step Functions accepts', async () => {
    const names = [orderId, `${berlin}-1000`, `${orderId}-cancel-1000`];
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
  });
});

describe("a consumer of the log's stream", () => {
  const stream = (...commits: Commit[]): DynamoDBStreamEvent =>
    ({
      Records: commits.map((commit) => ({
        dynamodb: {
          SequenceNumber: `${commit.version}`,
          Keys: { orderId: { S: orderId }, version: { N: `${commit.version}` } },
          NewImage: toItem({ ...commit, orderId }, { home: 'a', epoch: 0 }),
        },
      })),
    }) as unknown as DynamoDBStreamEvent;

  it('publishes every event', async () => {
    services.answer = ({ input }) => ({
      body: { FailedEntryCount: 0, Entries: (input.Entries as []).map(() => ({ EventId: 'x' })) },
    });
    const { handler } = await import('../../../functions/orders/publish-events.ts');
    expect(await handler(stream(...commitsOf(placed, confirmation())))).toEqual({ batchItemFailures: [] });
    expect(services.calls[0]?.input.Entries).toHaveLength(1 + confirmation().length);
  });

  it('writes the view', async () => {
    const { handler } = await import('../../../functions/orders/project-order.ts');
    expect(await handler(stream(...commitsOf(placed, confirmation())))).toEqual({ batchItemFailures: [] });
    const { orderLists } = await import('../../../functions/orders/adapters/dynamodb-order-lists.ts');
    const views = await orderLists(process.env.ORDER_VIEWS_TABLE ?? '').views([{ orderId, placedKey: '' }]);
    expect(views).toMatchObject([{ orderId, status: 'confirmed', version: 2 }]);
  });
});
