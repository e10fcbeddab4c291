import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OrderEvent } from '../../../../events/catalog.ts';
import { fromItem } from '../../../../functions/orders/adapters/commit-item.ts';
import { dynamoOrderLog } from '../../../../functions/orders/adapters/dynamodb-order-log.ts';
import { orderViewWriter } from '../../../../functions/orders/adapters/dynamodb-order-views.ts';
import { viewProjector } from '../../../../functions/orders/commands/project-views.ts';
import type { Commit } from '../../../../functions/orders/domain/commit.ts';
import { foldOrder } from '../../../../functions/orders/domain/fold-order.ts';
import type { Order } from '../../../../functions/orders/domain/order.ts';
import { type OrderView, orderView } from '../../../../functions/orders/domain/order-view.ts';
import { bucketOf } from '../../../../functions/orders/domain/view-keys.ts';
import { dynamo } from '../../../../functions/shared/aws/clients.ts';
import { TransientFault } from '../../../../functions/shared/kernel/faults.ts';
import { deriveId } from '../../../../functions/shared/kernel/ids.ts';
import type { StreamItem } from '../../../../functions/shared/stream-consumer.ts';
import { layouts, startStore, type TestStore } from '../../../support/dynamodb.ts';
import { pointAwsAt } from '../../../support/environment.ts';
import { type StoreCalls, watchCalls } from '../../../support/store-calls.ts';
import { cancellationAsked, commitsOf, confirmation, event, placed } from '../given.ts';
import { poisonItem, streamItem } from '../stream.ts';

let store: TestStore;
let tables: { orders: string; views: string };
let calls: StoreCalls;
let orders = 0;

beforeAll(async () => {
  store = await startStore();
  pointAwsAt({ store });
  tables = { orders: await store.createTable(layouts.orders), views: await store.createTable(layouts.orderViews) };
  calls = watchCalls(dynamo());
});
afterAll(() => store.stop());
beforeEach(() => calls.reset());

const history = [confirmation(), [cancellationAsked('confirmed')], [event('OrderCancelled', {})]];

/** An order that no other test uses, its commits in the log unless said otherwise. Its own writes are not counted. */
async function newOrder(decisions: readonly (readonly OrderEvent[])[] = history, logged = true): Promise<Commit[]> {
  orders += 1;
  const orderId = deriveId('ord', 'views', `${orders}`);
  const commits = commitsOf(placed, ...decisions).map((commit) => ({ ...commit, orderId }));
  const log = dynamoOrderLog(store.client, tables.orders);
  if (logged) for (const commit of commits) await log.append(commit);
  calls.reset();
  return commits;
}

async function viewOf({ orderId }: Pick<Commit, 'orderId'>): Promise<Record<string, unknown> | undefined> {
  const request = { TableName: tables.views, Key: { orderId: { S: orderId } } };
  const { Item } = await store.client.send(new GetItemCommand(request));
  return Item === undefined ? undefined : unmarshall(Item);
}

const projector = (write: ReturnType<typeof orderViewWriter>) =>
  viewProjector<StreamItem>({
    log: dynamoOrderLog(dynamo(), tables.orders),
    commitOf: ({ image }) => fromItem(image),
    write,
    holdSeconds: 900,
  });
const project = () => projector(orderViewWriter(tables.views));
const foldedView = (commits: readonly Commit[]) => orderView(foldOrder(commits) as Order);
const at = (commits: readonly Commit[], ...versions: number[]) =>
  versions.map((version) => streamItem(commits[version - 1] as Commit));

describe('a view', () => {
  it('contains the fields of lists, and the keys of the indexes', async () => {
    const commits = await newOrder();
    await orderViewWriter(tables.views)(foldedView(commits));
    const view = foldedView(commits);
    expect(await viewOf(view)).toEqual({
      ...view,
      placedKey: `${view.placedAt}#${view.orderId}`,
      statusBucket: `cancelled#${bucketOf(view.orderId)}`,
      dayBucket: `2026-11-22#${bucketOf(view.orderId)}`,
    });
  });

  it('does not change when an older or the same version comes late', async () => {
    const commits = await newOrder();
    const write = orderViewWriter(tables.views);
    for (const version of [2, 1, 2, 4, 3]) await write(foldedView(commits.slice(0, version)));
    expect(await viewOf(commits[0] as Commit)).toMatchObject({ version: 4, status: 'cancelled' });
  });

  it('is not written when the table faults, and the fault is thrown', async () => {
    const commits = await newOrder();
    await expect(orderViewWriter('NoSuchTable')(foldedView(commits))).rejects.toThrow();
  });
});

describe('the projector', () => {
  it('folds a batch that starts with the first commit without reading anything', async () => {
    const commits = await newOrder(history, false);
    expect(await project()(at(commits, 1, 2, 3))).toEqual([]);
    expect(calls.sent).toEqual(['PutItem']);
    expect(await viewOf(commits[0] as Commit)).toMatchObject(foldedView(commits.slice(0, 3)));
  });

  it.each([
    ['starts later', [2]],
    ['has a gap', [1, 3]],
    ['holds a commit twice', [1, 1]],
    ['is out of order', [2, 1]],
  ])('reads the order again when its batch %s', async (_, versions) => {
    const commits = await newOrder();
    expect(await project()(at(commits, ...versions))).toEqual([]);
    expect(calls.sent).toEqual(['Query', 'PutItem']);
    expect(await viewOf(commits[0] as Commit)).toMatchObject(foldedView(commits));
  });

  it('writes each order of a batch once, however many commits it has there', async () => {
    const [one, other] = [await newOrder(), await newOrder()];
    await project()([...at(one, 1), ...at(other, 1), ...at(one, 2, 3), ...at(other, 2)]);
    expect(calls.sent).toEqual(['PutItem', 'PutItem']);
    expect(await viewOf(one[0] as Commit)).toMatchObject({ version: 3 });
    expect(await viewOf(other[0] as Commit)).toMatchObject({ version: 2 });
  });

  it('writes the view of the whole log, for records in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.subarray([1, 2, 3, 4]), { maxLength: 4 }), async (batches) => {
        const commits = await newOrder();
        for (const batch of batches) await project()(at(commits, ...[...batch].reverse()));
        await project()(at(commits, 4));
        expect(await viewOf(commits[0] as Commit)).toMatchObject(foldedView(commits));
      }),
      { numRuns: 25 },
    );
  });

  it('sets aside an order that it cannot fold, and projects the others', async () => {
    const [good, bad] = [await newOrder(), await newOrder()];
    const poison = poisonItem(bad[0] as Commit);
    const set = await project()([poison, ...at(good, 1), ...at(bad, 2)]);
    expect(set.map(({ item }) => item)).toEqual([poison, ...at(bad, 2)]);
    expect(set[0]?.error).toBeInstanceOf(Error);
    expect(await viewOf(good[0] as Commit)).toMatchObject({ version: 1 });
    expect(await viewOf(bad[0] as Commit)).toBeUndefined();
  });

  it('sets aside an order whose log is broken', async () => {
    const [first] = (await newOrder([], false)) as [Commit];
    const illegal = { ...first, version: 2, events: [event('OrderCompleted', {})] };
    expect(await project()([streamItem(first), streamItem(illegal)])).toHaveLength(2);
  });

  it('ignores an order that the log does not have', async () => {
    const commits = await newOrder(history, false);
    expect(await project()(at(commits, 2))).toEqual([]);
    expect(await viewOf(commits[0] as Commit)).toBeUndefined();
  });

  it('reports the whole batch as failed after a fault that may pass', async () => {
    const commits = await newOrder();
    const write = async (): Promise<void> => Promise.reject(new TransientFault('busy'));
    const failing = projector(write);
    await expect(failing(at(commits, 1))).rejects.toThrow(/busy/);
  });

  it('works on a bounded number of orders at the same time', async () => {
    let running = 0;
    let most = 0;
    const write = async (_view: OrderView): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
    };
    const batch = await Promise.all(Array.from({ length: 30 }, () => newOrder([], false)));
    await projector(write)(batch.flatMap((commits) => at(commits, 1)));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });
});
