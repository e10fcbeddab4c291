import { createHash } from 'node:crypto';
import { type AttributeValue, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dynamodbBackorderSetting, setBackorder } from '../../../functions/inventory/backorders/index.ts';
import { dynamoOrderLog } from '../../../functions/orders/adapters/dynamodb-order-log.ts';
import { foldOrder } from '../../../functions/orders/domain/fold-order.ts';
import { dynamo } from '../../../functions/shared/aws/clients.ts';
import { systemClock } from '../../../functions/shared/kernel/time.ts';
import { logger } from '../../../functions/shared/logging.ts';
import { fresh } from '../../contracts/stock-store-contract.ts';
import { type AwsEndpoint, awsEndpoint } from '../../support/aws-endpoint.ts';
import { layouts, startStore, type TestStore } from '../../support/dynamodb.ts';
import { pointAwsAt } from '../../support/environment.ts';
import { openStock, type Stock } from '../../support/stock.ts';
import { watchCalls } from '../../support/store-calls.ts';
import { answers, event, lines, placement, sagaState } from '../orders/given.ts';

type Item = Record<string, AttributeValue>;

let store: TestStore;
let services: AwsEndpoint;
let stock: Stock;
let log: ReturnType<typeof dynamoOrderLog>;
let table: string;
let steps: Record<'reserve' | 'hold' | 'confirm', (state: unknown) => Promise<unknown>>;
let fill: (batch: DynamoDBStreamEvent) => Promise<{ batchItemFailures: readonly unknown[] }>;

beforeAll(async () => {
  logger.setLogLevel('SILENT');
  store = await startStore();
  services = await awsEndpoint();
  services.answer = ({ input }) => {
    const MD5OfMessageBody = createHash('md5').update(String(input.MessageBody)).digest('hex');
    return { body: { MessageId: 'm', MD5OfMessageBody } };
  };
  pointAwsAt({ store, services: services.url });
  table = await store.createTable(layouts.inventory);
  Object.assign(process.env, {
    INVENTORY_TABLE: table,
    DISCOUNTS_TABLE: await store.createTable(layouts.discounts),
    ORDERS_TABLE: await store.createTable(layouts.orders),
    HOLD_SECONDS: '600',
    STREAM_FAILURES_QUEUE_URL: `${services.url}/failures`,
  });
  const [reserve, hold, confirm, consumer] = await Promise.all([
    import('../../../functions/fulfillment/reserve-stock.ts'),
    import('../../../functions/fulfillment/hold-backorder.ts'),
    import('../../../functions/fulfillment/confirm-order.ts'),
    import('../../../functions/fulfillment/fill-backorders.ts'),
  ]);
  steps = {
    reserve: (state) => reserve.handler(state, {}),
    hold: (state) => hold.handler(state, {}),
    confirm: (state) => confirm.handler(state, {}),
  };
  fill = consumer.handler;
  stock = openStock(table, { client: store.client });
  log = dynamoOrderLog(store.client, process.env.ORDERS_TABLE ?? '');
});

afterAll(async () => {
  await services.close();
  await store.stop();
});

async function item(pk: string): Promise<Item | undefined> {
  const { Item: found } = await store.client.send(
    new GetItemCommand({ TableName: table, Key: { pk: { S: pk } }, ConsistentRead: true }),
  );
  return found;
}

/** Gives these items to the consumer as the table's stream delivers them now. */
async function deliver(...keys: string[]) {
  const images = await Promise.all(keys.map(item));
  const Records = images.map((image, index) => ({
    dynamodb: { Keys: { pk: { S: keys[index] ?? '' } }, NewImage: image, SequenceNumber: `${index + 1}` },
  }));
  return fill({ Records } as unknown as DynamoDBStreamEvent);
}

/** The messages of the failure queue about items that this key names. */
const parked = (pk: string) =>
  services.calls
    .map(({ input }) => JSON.parse(String(input.MessageBody)) as { key: { pk: string }; reason: string })
    .filter(({ key }) => key.pk === pk);

async function backorderable(mode: 'backorder' | 'preorder' = 'backorder'): Promise<string> {
  const sku = fresh('SKU');
  await setBackorder(sku, { mode }, dynamodbBackorderSetting(table, { client: store.client }));
  return sku;
}

/** A placed order for units of some SKUs, in the log, and the state of its saga. */
async function placedOrder(wanted: Readonly<Record<string, number>>) {
  const orderId = fresh('order');
  const wantedLines = Object.entries(wanted).map(([sku, quantity], index) => {
    return { ...(lines[0] as (typeof lines)[number]), lineId: `${index + 1}`, sku, quantity };
  });
  const placed = { ...placement, lines: wantedLines };
  const origin = { actor: 'customer:alice', correlationId: 'c', causationId: 'c', traceparent: '' };
  const events = [event('OrderPlaced', placed)];
  const placedAt = systemClock();
  await log.append({ ...origin, orderId, version: 1, events, committedAt: placedAt });
  const base = sagaState({ orderId });
  return { orderId, state: { ...base, orderId, order: { ...base.order, ...placed, placedAt } } };
}

/** An order that waits in a queue, with its hold in the log. */
async function waitingOrder(wanted: Readonly<Record<string, number>>) {
  const order = await placedOrder(wanted);
  await expect(steps.reserve(order.state)).rejects.toThrow('waited for');
  await steps.hold(order.state);
  return order;
}

const orderOf = async (orderId: string) => foldOrder(await log.read(orderId));
const receive = (sku: string, quantity: number) =>
  stock.receive({ receiptId: fresh('receipt'), sku, location: 'BER', quantity }, systemClock());

describe('an order that leaves its queue before its run has recorded the wait', () => {
  it('is resumed by that run, which deletes its record from the queue', async () => {
    const sku = await backorderable();
    const { orderId, state } = await placedOrder({ [sku]: 1 });
    await expect(steps.reserve(state)).rejects.toThrow('waited for');
    await receive(sku, 1);
    await deliver(`Q#${sku}`);
    await deliver(`W#${orderId}`);
    expect(await orderOf(orderId)).toMatchObject({ status: 'placed', version: 1 });
    expect(await item(`W#${orderId}`)).toMatchObject({ st: { S: 'FILLED' } });
    await steps.hold(state);
    expect(await orderOf(orderId)).toMatchObject({ status: 'placed', version: 2 });
    expect(await item(`W#${orderId}`)).toBeUndefined();
  });

  it('is confirmed by another run when that run was lost, which deletes its record from the queue', async () => {
    const sku = await backorderable();
    const { orderId, state } = await placedOrder({ [sku]: 1 });
    await expect(steps.reserve(state)).rejects.toThrow('waited for');
    await receive(sku, 1);
    await deliver(`Q#${sku}`);
    await deliver(`W#${orderId}`);
    const held = (await steps.reserve(state)) as ReturnType<typeof answers>['stock'];
    // The lost run may still come and record the wait, until the order is confirmed.
    expect(await item(`W#${orderId}`)).toMatchObject({ st: { S: 'FILLED' } });
    await steps.confirm({ ...state, ...answers(held.allocations), stock: held });
    expect(await orderOf(orderId)).toMatchObject({ status: 'confirmed', version: 2 });
    expect(await item(`W#${orderId}`)).toBeUndefined();
    expect((await log.read(orderId)).at(-1)?.events[0]?.data).not.toHaveProperty('heldBefore');
    await steps.hold(state);
    expect(await orderOf(orderId)).toMatchObject({ status: 'confirmed', version: 2 });
  });

  it('costs an order that never was in a queue nothing', async () => {
    const sku = await backorderable();
    await receive(sku, 1);
    const { state } = await placedOrder({ [sku]: 1 });
    const held = (await steps.reserve(state)) as ReturnType<typeof answers>['stock'];
    const calls = watchCalls(dynamo());
    await steps.confirm({ ...state, ...answers(held.allocations), stock: held });
    expect(calls.sent.filter((name) => name !== 'Query')).toEqual(['UpdateItem', 'PutItem']);
  });

  it('is resumed by its second run as well, when it waits a second time', async () => {
    const [sku, other] = [await backorderable(), await backorderable()];
    const { orderId, state } = await waitingOrder({ [sku]: 1 });
    await receive(sku, 1);
    await deliver(`Q#${sku}`);
    await deliver(`W#${orderId}`);
    const { version } = (await orderOf(orderId)) ?? { version: 0 };
    expect(version).toBe(3);
    // A second run that finds too little and joins a queue, which is served before that run has recorded the wait.
    const again = {
      ...state,
      version,
      order: { ...state.order, lines: state.order.lines.map((line) => ({ ...line, sku: other })) },
    };
    const second = { ...again, orderId: fresh('order') };
    const origin = { actor: 'c', correlationId: 'c', causationId: 'c', traceparent: '' };
    for (const { version: at, events, committedAt } of await log.read(orderId)) {
      await log.append({ ...origin, orderId: second.orderId, version: at, events, committedAt });
    }
    await expect(steps.reserve(second)).rejects.toThrow('waited for');
    await receive(other, 1);
    await deliver(`Q#${other}`);
    await deliver(`W#${second.orderId}`);
    await steps.hold(second);
    expect(await orderOf(second.orderId)).toMatchObject({ status: 'placed', version: 4 });
    expect(await item(`W#${second.orderId}`)).toBeUndefined();
  });
});

describe('a delivery of an old record', () => {
  it('does not resume an order that waits', async () => {
    const sku = await backorderable();
    const { orderId } = await waitingOrder({ [sku]: 1 });
    const waiting = await item(`W#${orderId}`);
    const old = { ...waiting, st: { S: 'FILLED' } };
    const dynamodb = { Keys: { pk: { S: `W#${orderId}` } }, NewImage: old, SequenceNumber: '1' };
    await fill({ Records: [{ dynamodb }] } as unknown as DynamoDBStreamEvent);
    expect(await orderOf(orderId)).toMatchObject({ status: 'on_hold', version: 2 });
    expect(await item(`W#${orderId}`)).toEqual(waiting);
  });
});

describe('an order that lacks another SKU than it waits for', () => {
  /** Books one damaged unit of a SKU out. */
  const damaged = (sku: string) => {
    const loss = { location: 'BER', quantity: -1, reason: 'damage' } as const;
    return stock.adjust({ adjustmentId: fresh('a'), sku, ...loss, at: systemClock() });
  };

  it('is resumed, to be rejected, when that SKU accepts no backorders', async () => {
    const [gone, awaited] = [fresh('SKU'), await backorderable()];
    await receive(gone, 1);
    const { orderId, state } = await waitingOrder({ [gone]: 1, [awaited]: 1 });
    await damaged(gone);
    await receive(awaited, 1);
    await deliver(`Q#${awaited}`);
    await deliver(`W#${orderId}`);
    const order = await orderOf(orderId);
    expect(order).toMatchObject({ status: 'placed', version: 3 });
    expect(await item(`W#${orderId}`)).toBeUndefined();
    expect(await stock.levels(awaited)).toMatchObject({ available: 1, backorder: { waiting: 0, kept: 0 } });
    await expect(steps.reserve({ ...state, version: 3 })).rejects.toThrow(`${gone}: 1 wanted, fewer available`);
  });

  it.each([
    { mode: 'backorder', words: 'is backordered' },
    { mode: 'preorder', words: 'is preordered' },
  ] as const)('waits for that SKU when it accepts orders as $mode, and its hold says so', async ({ mode, words }) => {
    const [gone, awaited] = [await backorderable(mode), await backorderable()];
    await receive(gone, 1);
    const { orderId } = await waitingOrder({ [gone]: 1, [awaited]: 1 });
    expect(await orderOf(orderId)).toMatchObject({ hold: { waitsFor: { sku: awaited } } });
    await damaged(gone);
    await receive(awaited, 1);
    await deliver(`Q#${awaited}`);
    await deliver(`W#${orderId}`);
    await deliver(`W#${orderId}`);
    const hold = { waitsFor: { sku: gone }, detail: `1 of ${gone} ${words}.` };
    expect(await orderOf(orderId)).toMatchObject({ status: 'on_hold', version: 3, hold });
  });

  it('says so also when it moves before its run has recorded the wait', async () => {
    const [gone, awaited] = [await backorderable(), await backorderable()];
    await receive(gone, 1);
    const { orderId, state } = await placedOrder({ [gone]: 1, [awaited]: 1 });
    await expect(steps.reserve(state)).rejects.toThrow('waited for');
    await damaged(gone);
    await receive(awaited, 1);
    await deliver(`Q#${awaited}`);
    await deliver(`W#${orderId}`);
    await steps.hold(state);
    expect(await orderOf(orderId)).toMatchObject({ status: 'on_hold', hold: { waitsFor: { sku: gone } } });
  });
});

describe('a queue', () => {
  /** Two orders in a queue, with units for both. */
  async function two() {
    const sku = await backorderable();
    const [first, second] = [await waitingOrder({ [sku]: 1 }), await waitingOrder({ [sku]: 1 })];
    await receive(sku, 2);
    return { sku, first, second };
  }
  const reservation = async (orderId: string) => (await item(`R#${orderId}`))?.st?.S;

  it('serves the orders behind one whose record is damaged, and the damage is reported', async () => {
    const { sku, first, second } = await two();
    const damaged = { ...(await item(`W#${first.orderId}`)), lines: { S: 'none' } };
    await store.client.send(new PutItemCommand({ TableName: table, Item: damaged as Item }));
    expect(await deliver(`Q#${sku}`)).toEqual({ batchItemFailures: [] });
    expect(await reservation(second.orderId)).toBe('HELD');
    expect(parked(`Q#${sku}`)).toMatchObject([{ reason: expect.stringContaining(first.orderId) }]);
  });

  it('serves the orders behind one that the store refuses for ever, and says which one it is', async () => {
    const { sku, first, second } = await two();
    // A longer key than the store takes.
    const tooLong = 'X'.repeat(2_100);
    const before = (await item(`W#${first.orderId}`)) ?? {};
    const own = before.lines?.L ?? [];
    const added = { M: { lineId: { S: 'x1' }, sku: { S: tooLong }, quantity: { N: '1' } } };
    const record = { ...before, lines: { L: [...own, added] } } as Item;
    await store.client.send(new PutItemCommand({ TableName: table, Item: record }));
    expect(await deliver(`Q#${sku}`)).toEqual({ batchItemFailures: [] });
    expect(await reservation(second.orderId)).toBe('HELD');
    expect(parked(`Q#${sku}`)).toMatchObject([{ reason: expect.stringContaining(first.orderId) }]);
  });

  const setCount = (sku: string, units: number) =>
    store.client.send(
      new UpdateItemCommand({
        ...{ TableName: table, Key: { pk: { S: `Q#${sku}` } }, UpdateExpression: 'SET u = :u' },
        ExpressionAttributeValues: { ':u': { N: `${units}` } },
      }),
    );

  it('is served although it counts too few units', async () => {
    const warn = vi.spyOn(logger, 'warn');
    const { sku, first, second } = await two();
    await setCount(sku, 0);
    expect(await deliver(`Q#${sku}`)).toEqual({ batchItemFailures: [] });
    expect([await reservation(first.orderId), await reservation(second.orderId)]).toEqual(['HELD', 'HELD']);
    expect(warn).toHaveBeenCalledWith('backorder queue miscounted', expect.objectContaining({ sku }));
    expect(await stock.levels(sku)).toMatchObject({ backorder: { waiting: 0, kept: 0 } });
  });

  it('that counts units for which no order waits is corrected and reported, and holds up no other queue', async () => {
    const { sku, first, second } = await two();
    await deliver(`Q#${sku}`);
    await setCount(sku, 5);
    await receive(sku, 3);
    expect(await stock.levels(sku)).toMatchObject({ available: 0, backorder: { waiting: 5, kept: 3 } });
    const other = await two();
    expect(await deliver(`Q#${sku}`, `Q#${other.sku}`)).toEqual({ batchItemFailures: [] });
    expect(parked(`Q#${sku}`)).toMatchObject([{ reason: expect.stringContaining('counted 5 units') }]);
    expect(await reservation(other.second.orderId)).toBe('HELD');
    // The correction changes the queue, and the stream delivers it again.
    await deliver(`Q#${sku}`);
    expect(await stock.levels(sku)).toMatchObject({ available: 3, backorder: { waiting: 0, kept: 0 } });
    expect([await reservation(first.orderId), await reservation(second.orderId)]).toEqual(['HELD', 'HELD']);
  });
});
