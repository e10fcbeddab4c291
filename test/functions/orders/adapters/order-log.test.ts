import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrderEvent } from '../../../../events/catalog.ts';
import { fromItem, toItem } from '../../../../functions/orders/adapters/commit-item.ts';
import { dynamoOrderLog } from '../../../../functions/orders/adapters/dynamodb-order-log.ts';
import type { OrderLog } from '../../../../functions/orders/commands/order-log.ts';
import type { Commit } from '../../../../functions/orders/domain/commit.ts';
import { deriveId } from '../../../../functions/shared/kernel/ids.ts';
import { layouts, startStore, type TestStore } from '../../../support/dynamodb.ts';
import { cancellationAsked, commitsOf, confirmation, event, placed, sourcing, stock, twoWarehouses } from '../given.ts';

let store: TestStore;
let table: string;
let log: OrderLog;
let orders = 0;

beforeAll(async () => {
  store = await startStore();
  table = await store.createTable(layouts.orders);
  log = dynamoOrderLog(store.client, table);
});
afterAll(() => store.stop());

const writer = { home: 'a', epoch: 0 };

/** The commits of an order that no other test uses. */
function newOrder(...decisions: (readonly OrderEvent[])[]): Commit[] {
  orders += 1;
  const orderId = deriveId('ord', 'log', `${orders}`);
  return commitsOf(placed, ...decisions).map((commit) => ({ ...commit, orderId }));
}

describe('the order log', () => {
  it('returns the commits, oldest first', async () => {
    const commits = newOrder(confirmation(twoWarehouses), [cancellationAsked('confirmed')]);
    for (const commit of commits) expect(await log.append(commit)).toBe('committed');
    expect(await log.read(commits[0]?.orderId ?? '')).toEqual(commits);
  });

  it('stores with each commit which cell has written it', async () => {
    const [commit] = newOrder() as [Commit];
    await log.append(commit);
    const Key = marshall({ orderId: commit.orderId, version: 1 });
    const { Item } = await store.client.send(new GetItemCommand({ TableName: table, Key }));
    expect(unmarshall(Item ?? {})).toMatchObject({ home: 'a', epoch: 0 });
    expect(await log.read(commit.orderId)).toEqual([commit]);
  });

  it('stores a sourcing in few bytes, and returns it unchanged', async () => {
    const [first, second] = newOrder([event('StockReserved', { ...stock(), sourcing })]) as [Commit, Commit];
    for (const commit of [first, second]) await log.append(commit);
    expect(await log.read(first.orderId)).toEqual([first, second]);
    const bare = commitsOf(placed, [event('StockReserved', stock())])[1] as Commit;
    const bytes = (commit: Commit) => JSON.stringify(toItem(commit, writer)).length;
    expect(bytes(second) - bytes({ ...bare, orderId: second.orderId })).toBeLessThan(70);
  });

  it('is empty for an order that does not exist', async () => {
    expect(await log.read('ord_nobody')).toEqual([]);
    expect(await log.first('ord_nobody')).toBeUndefined();
  });

  it('returns the commit that placed an order without reading the rest', async () => {
    const [first, second] = newOrder([cancellationAsked()]) as [Commit, Commit];
    const hashed = { ...first, termsHash: 'hash' };
    for (const commit of [hashed, second]) await log.append(commit);
    expect(await log.first(first.orderId)).toEqual(hashed);
  });

  it('has each version once: a second commit of it gets a conflict and changes nothing', async () => {
    const [first] = newOrder() as [Commit];
    const other = {
      ...first,
      events: [event('OrderPlaced', { ...(placed[0]?.data as object), customerId: 'eve' } as never)],
    };
    expect(await log.append(first)).toBe('committed');
    expect(await log.append(other)).toBe('conflict');
    expect(await log.append(first)).toBe('conflict');
    expect(await log.read(first.orderId)).toEqual([first]);
  });

  it('accepts exactly one of many concurrent commits at the same version', async () => {
    const [first, second] = newOrder([cancellationAsked()]) as [Commit, Commit];
    await log.append(first);
    const rivals = Array.from({ length: 12 }, (_, index) => ({ ...second, actor: `rival-${index}` }));
    const outcomes = await Promise.all(rivals.map((rival) => log.append(rival)));
    expect(outcomes.filter((outcome) => outcome === 'committed')).toHaveLength(1);
    expect((await log.read(first.orderId))[1]?.actor).toBe(`rival-${outcomes.indexOf('committed')}`);
  });

  it.each<[string, OrderEvent]>([
    ['is unknown', { type: 'OrderVanished', version: 1, data: {} } as never],
    ['has an unknown version', { type: 'OrderConfirmed', version: 9, data: {} } as never],
    ['lacks a field', { type: 'OrderRejected', version: 1, data: { code: 'X' } } as never],
    ['says more than its schema', { type: 'OrderConfirmed', version: 1, data: { email: 'a@example.com' } } as never],
    ['counts in fractions', event('PaymentAuthorized', { paymentId: 'pi', amountMinor: 0.5, currency: 'EUR' })],
  ])('refuses a commit with an event that %s, and stores nothing of it', async (_, broken) => {
    const [first, second] = newOrder([cancellationAsked(), broken]) as [Commit, Commit];
    await log.append(first);
    await expect(log.append(second)).rejects.toThrow();
    expect(await log.read(first.orderId)).toEqual([first]);
  });

  it('reads a history that is longer than one page of the store', async () => {
    const detail = 'x'.repeat(150_000);
    const commits = newOrder(...Array.from({ length: 10 }, () => [event('OrderHeld', { reason: 'review', detail })]));
    for (const commit of commits) await log.append(commit);
    expect((await log.read(commits[0]?.orderId ?? '')).map(({ version }) => version)).toEqual(
      commits.map(({ version }) => version),
    );
  });

  it('faults on an endless history instead of reading on', async () => {
    const [commit] = newOrder() as [Commit];
    const page = {
      Items: Array.from({ length: 600 }, () => toItem(commit, writer)),
      LastEvaluatedKey: { orderId: { S: 'x' } },
    };
    let pages = 0;
    const endless = { send: async () => ({ ...page, page: ++pages }) } as unknown as DynamoDBClient;
    await expect(dynamoOrderLog(endless, table).read(commit.orderId)).rejects.toThrow(/more than 1000 commits/);
    expect(pages).toBe(2);
  });

  it('passes on a fault as it is', async () => {
    const missing = dynamoOrderLog(store.client, 'NoSuchTable');
    const [commit] = newOrder() as [Commit];
    await expect(missing.append(commit)).rejects.toThrow(
      expect.objectContaining({ name: 'ResourceNotFoundException' }),
    );
  });

  it('faults on an item that is no commit', async () => {
    const [commit] = newOrder() as [Commit];
    const Item = marshall({ orderId: commit.orderId, version: 1, events: 'none' });
    await store.client.send(new PutItemCommand({ TableName: table, Item }));
    await expect(log.read(commit.orderId)).rejects.toThrow();
  });
});

describe('an item of the log', () => {
  it('contains the commit unchanged, without absent fields', () => {
    const [commit] = newOrder() as [Commit];
    expect(fromItem(toItem(commit, writer))).toEqual(commit);
    expect(toItem(commit, writer)).not.toHaveProperty('termsHash');
    expect(toItem(commit, writer)).not.toHaveProperty('requestHash');
    expect(fromItem(toItem({ ...commit, termsHash: 't' }, writer))).toEqual({ ...commit, termsHash: 't' });
    expect(fromItem(toItem({ ...commit, requestHash: 'h' }, writer))).toEqual({ ...commit, requestHash: 'h' });
  });

  it.each([
    ['without events', {}],
    ['with an unknown event', { events: [{ type: 'OrderVanished', version: 1, data: {} }] }],
    ['with an event that does not fit its schema', { events: [{ type: 'OrderRejected', version: 1, data: {} }] }],
    ['with a version that is no number', { version: 'one' }],
  ])('%s is poison', (_, change) => {
    const [commit] = newOrder() as [Commit];
    const { events: _events, ...rest } = commit;
    expect(() => fromItem(marshall({ ...rest, ...change }))).toThrow();
  });
});
