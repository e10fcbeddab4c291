import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OrderEvent } from '../../../events/catalog.ts';
import { orderSagaState } from '../../../functions/fulfillment/domain/saga-state.ts';
import { resumptionOf } from '../../../functions/fulfillment/domain/stalled-order.ts';
import { dynamoOrderLog } from '../../../functions/orders/adapters/dynamodb-order-log.ts';
import { orderViewWriter } from '../../../functions/orders/adapters/dynamodb-order-views.ts';
import type { ListKey, ListRange } from '../../../functions/orders/commands/order-lists.ts';
import { stalledOrders, TooManyStalledOrders } from '../../../functions/orders/commands/orders-in-status.ts';
import { foldOrder } from '../../../functions/orders/domain/fold-order.ts';
import { orderView } from '../../../functions/orders/domain/order-view.ts';
import { deriveId } from '../../../functions/shared/kernel/ids.ts';
import { addSeconds, type Instant, systemClock } from '../../../functions/shared/kernel/time.ts';
import { type AwsEndpoint, awsEndpoint } from '../../support/aws-endpoint.ts';
import { layouts, startStore, type TestStore } from '../../support/dynamodb.ts';
import { pointAwsAt } from '../../support/environment.ts';
import { event, now, orderAfter, origin, placement } from '../orders/given.ts';

const holdSeconds = 900;
/** Seconds after which an order must have left `placed`. */
const due = holdSeconds + 300;

describe('a stalled order is resumed', () => {
  const order = orderAfter();
  const at = (seconds: number) => resumptionOf(order, addSeconds(now, seconds), holdSeconds);

  it('when it is still placed five minutes after its hold has ended, not before', () => {
    expect(at(due)).toBeUndefined();
    expect(at(due + 1)).toBe(`${order.orderId}-again-0`);
  });

  it('under the same name for ten minutes, then under another', () => {
    expect(at(due + 599)).toBe(`${order.orderId}-again-0`);
    expect(at(due + 601)).toBe(`${order.orderId}-again-1`);
    expect(at(due + 86_400)).toBe(`${order.orderId}-again-144`);
  });

  it('only while it is placed', () => {
    const rejected = orderAfter([
      event('StockReservationFailed', { code: 'OUT_OF_STOCK', detail: 'none' }),
      event('OrderRejected', { code: 'OUT_OF_STOCK', detail: 'none' }),
    ]);
    expect(resumptionOf(rejected, addSeconds(now, due + 1), holdSeconds)).toBeUndefined();
  });
});

describe('the search for stalled orders', () => {
  const keys = (count: number): ListKey[] =>
    Array.from({ length: count }, (_, index) => ({
      orderId: `ord_${index}`,
      placedKey: `2026-11-22T${String(99_999 - index)}`,
    }));
  const listing = (all: readonly ListKey[]) => ({
    newest: async (_: unknown, { before }: ListRange, limit: number) =>
      all.filter(({ placedKey }) => placedKey < before).slice(0, limit),
  });
  const found = async (all: readonly ListKey[]) => {
    const ids: string[] = [];
    for await (const page of stalledOrders(listing(all))('placed', '2026-11-23T00:00:00.000Z' as Instant)) {
      ids.push(...page);
    }
    return ids;
  };

  it.each([0, 1, 99, 100, 101, 250])('finds each of %i orders once', async (count) => {
    const all = keys(count);
    expect(await found(all)).toEqual(all.map(({ orderId }) => orderId));
  });

  it('throws when there are more than one run processes', async () => {
    await expect(found(keys(5_001))).rejects.toThrow(TooManyStalledOrders);
  });
});

describe('resume-stalled-orders', () => {
  let store: TestStore;
  let stepFunctions: AwsEndpoint;
  let handler: () => Promise<void>;
  let number = 0;

  beforeAll(async () => {
    store = await startStore();
    stepFunctions = await awsEndpoint();
    pointAwsAt({ store, services: stepFunctions.url });
    Object.assign(process.env, {
      ORDERS_TABLE: await store.createTable(layouts.orders),
      ORDER_VIEWS_TABLE: await store.createTable(layouts.orderViews),
      ORDER_SAGA_ARN: 'arn:aws:states:us-east-1:000000000000:stateMachine:order-saga',
      HOLD_SECONDS: String(holdSeconds),
    });
    ({ handler } = await import('../../../functions/fulfillment/resume-stalled-orders.ts'));
  });
  afterAll(async () => {
    await stepFunctions.close();
    await store.stop();
  });
  beforeEach(() => {
    stepFunctions.calls.length = 0;
    stepFunctions.answer = () => undefined;
  });

  /** Places an order at a time in the past; the list may still show its earlier status. */
  async function placed(secondsAgo: number, then: readonly OrderEvent[] = [], listed: 'now' | 'then' = 'now') {
    number += 1;
    const orderId = deriveId('ord', 'stalled', String(number));
    const log = dynamoOrderLog(store.client, process.env.ORDERS_TABLE ?? '');
    const committedAt = addSeconds(systemClock(), -secondsAgo);
    const decisions = [[event('OrderPlaced', placement)], ...(then.length > 0 ? [then] : [])];
    const commits = decisions.map((events, index) => ({ ...origin, orderId, version: index + 1, events, committedAt }));
    for (const commit of commits) await log.append(commit);
    const order = foldOrder(listed === 'now' ? commits : commits.slice(0, 1));
    if (order !== undefined) await orderViewWriter(process.env.ORDER_VIEWS_TABLE ?? '')(orderView(order));
    return orderId;
  }
  const starts = () => stepFunctions.calls.map(({ input }) => input.name);
  const counted = async (run: () => Promise<void>): Promise<unknown> => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      await run();
      return write.mock.calls.map(([line]) => JSON.parse(String(line))).find((line) => '_aws' in line);
    } finally {
      write.mockRestore();
    }
  };

  it('restarts the saga of an order whose execution was lost, with the first input', async () => {
    const orderId = await placed(due + 60);
    await placed(due - 60);
    await placed(due + 60, [event('CancellationRequested', { from: 'placed', by: 'customer' } as never)]);
    await handler();
    expect(starts()).toContain(`${orderId}-again-0`);
    expect(starts()).toHaveLength(2);
    const start = stepFunctions.calls.find(({ input }) => input.name === `${orderId}-again-0`);
    const state = orderSagaState.parse(JSON.parse(String(start?.input.input)));
    expect(state).toMatchObject({ orderId, version: 1, correlationId: origin.correlationId });
    expect(state.order).toMatchObject(placement);
  });

  it('does not resume an order with another status, even if an outdated list names it', async () => {
    const rejection = { code: 'OUT_OF_STOCK', detail: 'none' };
    const orderId = await placed(
      due + 60,
      [event('StockReservationFailed', rejection), event('OrderRejected', rejection)],
      'then',
    );
    await handler();
    expect(starts().filter((name) => String(name).startsWith(orderId))).toEqual([]);
  });

  it('counts a second start of the same name as the same one, and counts the stalled orders', async () => {
    stepFunctions.answer = () => ({ status: 400, body: { __type: 'ExecutionAlreadyExists', message: 'exists' } });
    const metric = await counted(handler);
    expect(metric).toMatchObject({
      stage: 'dev',
      PlacedOrderStalled: starts().length,
      _aws: { CloudWatchMetrics: [{ Namespace: 'Holdfast', Metrics: [{ Name: 'PlacedOrderStalled' }] }] },
    });
    expect(starts().length).toBeGreaterThan(0);
  });

  it('fails when a saga could not be started, after it has started the others', async () => {
    let refusals = 1;
    stepFunctions.answer = () =>
      refusals-- > 0 ? { status: 400, body: { __type: 'StateMachineDoesNotExist', message: 'gone' } } : undefined;
    await placed(due + 60);
    await expect(handler()).rejects.toThrow('1 failed');
    expect(starts().length).toBeGreaterThan(1);
  });
});
