import { QueryCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listOrders } from '../../../../api/orders.ts';
import { orderLists } from '../../../../functions/orders/adapters/dynamodb-order-lists.ts';
import { orderViewWriter } from '../../../../functions/orders/adapters/dynamodb-order-views.ts';
import { readListRange } from '../../../../functions/orders/adapters/list-range.ts';
import { listOrdersPage } from '../../../../functions/orders/commands/list-orders-page.ts';
import type { OrderStatus } from '../../../../functions/orders/domain/order.ts';
import type { OrderView } from '../../../../functions/orders/domain/order-view.ts';
import { dynamo } from '../../../../functions/shared/aws/clients.ts';
import { encodeCursor } from '../../../../functions/shared/cursor.ts';
import { deriveId } from '../../../../functions/shared/kernel/ids.ts';
import { isRefusal } from '../../../../functions/shared/kernel/refusal.ts';
import { type Instant, toInstant } from '../../../../functions/shared/kernel/time.ts';
import { layouts, startStore, type TestStore } from '../../../support/dynamodb.ts';
import { pointAwsAt } from '../../../support/environment.ts';
import { type StoreCalls, watchCalls } from '../../../support/store-calls.ts';

const now = '2026-11-22T18:00:00.000Z' as Instant;
const statuses: readonly OrderStatus[] = ['placed', 'confirmed', 'completed', 'rejected', 'cancelled', 'on_hold'];
const hour = 3_600_000;

/** Two orders an hour over nine days, two of every seven at the same moment, of three customers and every status. */
const views: OrderView[] = Array.from({ length: 400 }, (_, index) => ({
  orderId: deriveId('ord', 'list', `${index}`),
  customerId: ['alice', 'bob', 'carol'][index % 3] as string,
  status: statuses[index % statuses.length] as OrderStatus,
  paymentStatus: 'none',
  fulfillmentStatus: 'unfulfilled',
  currency: 'EUR',
  totals: { totalMinor: index },
  lineCount: 1,
  unitCount: 1,
  placedAt: toInstant(Date.parse(now) - Math.floor(index / 2) * hour - (index % 7 === 0 ? 0 : index)),
  updatedAt: now,
  version: 1,
}));
const keyOf = (view: OrderView) => `${view.placedAt}#${view.orderId}`;
const newestFirst = [...views].sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));

let store: TestStore;
let table: string;
let calls: StoreCalls;

beforeAll(async () => {
  store = await startStore();
  pointAwsAt({ store });
  table = await store.createTable(layouts.orderViews);
  const write = orderViewWriter(table);
  for (let start = 0; start < views.length; start += 50)
    await Promise.all(views.slice(start, start + 50).map((view) => write(view)));
  calls = watchCalls(dynamo());
});
afterAll(() => store.stop());
beforeEach(() => calls.reset());

interface Asked {
  readonly customerId?: string;
  readonly status?: OrderStatus;
  readonly from?: string;
  readonly to?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

async function page({ customerId, status, limit = 20, ...query }: Asked) {
  const range = readListRange(query, now);
  if (isRefusal(range)) throw new Error(JSON.stringify(range));
  const { items, before } = await listOrdersPage(orderLists(table), { customerId, status, range, limit });
  return { items, cursor: before === undefined ? undefined : encodeCursor({ before }) };
}

/** Reads all pages and counts them. */
async function all(asked: Asked): Promise<{ items: OrderView[]; pages: number }> {
  const items: OrderView[] = [];
  let cursor = asked.cursor;
  let pages = 0;
  do {
    const { items: more, cursor: next } = await page(cursor === undefined ? asked : { ...asked, cursor });
    items.push(...more);
    pages += 1;
    cursor = next;
    if (pages > 500) throw new Error('the list does not end');
  } while (cursor !== undefined);
  return { items, pages };
}

const expected = ({ customerId, status, from = '', to = '9' }: Asked) =>
  newestFirst.filter(
    (view) =>
      (customerId === undefined || view.customerId === customerId) &&
      (status === undefined || view.status === status) &&
      view.placedAt >= from &&
      view.placedAt <= to,
  );

describe('a list of orders', () => {
  it.each<[string, Asked]>([
    ['everything', {}],
    ['one status', { status: 'confirmed' }],
    ['one customer', { customerId: 'alice' }],
    ['one status of one customer', { customerId: 'bob', status: 'confirmed' }],
    ['a range of days', { from: '2026-11-18T00:00:00.000Z', to: '2026-11-20T23:59:59.999Z' }],
    ['a range of one customer', { customerId: 'carol', from: '2026-11-20T00:00:00.000Z' }],
    ['a range of one status', { status: 'on_hold', to: '2026-11-19T12:00:00.000Z' }],
    ['a customer without orders', { customerId: 'nobody' }],
    ['a range before the first order', { to: '2020-01-01T00:00:00.000Z' }],
  ])('of %s, page by page, has every order once, the newest first', async (_, asked) => {
    for (const limit of [7, 100]) expect((await all({ ...asked, limit })).items).toEqual(expected(asked));
  });

  it('has every order once, for any filter', async () => {
    const hours = fc.integer({ min: -5, max: 250 }).map((back) => toInstant(Date.parse(now) - back * hour));
    const asked = fc.record(
      {
        customerId: fc.constantFrom('alice', 'nobody'),
        status: fc.constantFrom(...statuses),
        from: hours,
        to: hours,
        limit: fc.integer({ min: 10, max: 100 }),
      },
      { requiredKeys: ['limit'] },
    );
    await fc.assert(
      fc.asyncProperty(asked, async (drawn) => {
        if (drawn.from !== undefined && drawn.to !== undefined && drawn.from > drawn.to) return;
        expect((await all(drawn)).items).toEqual(expected(drawn));
      }),
      { numRuns: 12 },
    );
  });

  it('shows an order placed a moment ago by a machine whose clock is ahead', async () => {
    const [newest] = newestFirst;
    const early = toInstant(Date.parse(newest?.placedAt ?? '') - 30_000);
    const range = readListRange({}, early);
    if (isRefusal(range)) throw new Error('refused');
    const request = { customerId: undefined, status: undefined, range, limit: 1 };
    expect((await listOrdersPage(orderLists(table), request)).items).toEqual([newest]);
  });

  it('includes what was placed exactly at its bounds', async () => {
    const at = newestFirst[10]?.placedAt ?? '';
    const { items } = await all({ from: at, to: at });
    expect(items).toEqual(expected({ from: at, to: at }));
    expect(items.length).toBeGreaterThan(0);
  });

  it.each<[string, Asked, number]>([
    ['of one customer', { customerId: 'alice' }, 2],
    ['of one customer with a status', { customerId: 'alice', status: 'placed' }, 6],
    ['of one status', { status: 'placed' }, 9],
    ['of everything', {}, 3 * 8 + 48 + 1],
  ])('has a bound on the reads for a page %s, for any number of orders', async (_, asked, most) => {
    for (const limit of [1, 20, 100]) {
      let cursor: string | undefined;
      for (let count = 0; count < 6; count++) {
        calls.reset();
        ({ cursor } = await page({ ...asked, limit, ...(cursor === undefined ? {} : { cursor }) }));
        expect(calls.sent.length).toBeLessThanOrEqual(most);
        if (cursor === undefined) break;
      }
    }
  });

  it('finds an order behind thirty others of its customer that do not have its status', async () => {
    const behind = Array.from({ length: 31 }, (_, index): OrderView => {
      const status = index === 30 ? 'rejected' : 'confirmed';
      const placedAt = toInstant(Date.parse(now) - index * 1_000);
      return {
        ...(views[0] as OrderView),
        orderId: deriveId('ord', 'behind', `${index}`),
        customerId: 'dora',
        status,
        placedAt,
      };
    });
    const other = await store.createTable(layouts.orderViews);
    const write = orderViewWriter(other);
    await Promise.all(behind.map((view) => write(view)));
    const range = readListRange({}, now);
    if (isRefusal(range)) throw new Error('refused');
    const request = { customerId: 'dora', status: 'rejected', range, limit: 2 } as const;
    const { items, before } = await listOrdersPage(orderLists(other), request);
    expect([items.map(({ orderId }) => orderId), before]).toEqual([[behind[30]?.orderId], undefined]);
    const confirmed = await listOrdersPage(orderLists(other), { ...request, status: 'confirmed', limit: 29 });
    expect(confirmed.items).toEqual(behind.slice(0, 29));
    const rest = { ...request, status: 'confirmed', range: { ...range, before: confirmed.before ?? '' } } as const;
    expect((await listOrdersPage(orderLists(other), rest)).items).toEqual([behind[29]]);
  });

  it('stops looking on after a bounded number of reads, and says where to continue', async () => {
    let reads = 0;
    const endless = {
      newest: async (_: unknown, { before }: { before: string }, count: number) => {
        reads += 1;
        return Array.from({ length: count }, (_each, index) => ({ orderId: 'ord', placedKey: `${before}${index}` }));
      },
      views: async (keys: readonly unknown[]) =>
        keys.map(() => ({ ...(views[0] as OrderView), status: 'placed' as const })),
    };
    const range = { from: '1970', before: '9' };
    for (const [customerId, most] of [
      ['alice', 10],
      [undefined, 3],
    ] as const) {
      reads = 0;
      const page = await listOrdersPage(endless, { customerId, status: 'rejected', range, limit: 2 });
      expect([page.items, typeof page.before, reads]).toEqual([[], 'string', most]);
    }
  });

  it('of everything reads one day when that fills the page', async () => {
    await page({ limit: 10 });
    expect(calls.sent).toEqual([...Array(8).fill('Query'), 'BatchGetItem']);
  });

  it('of everything continues on the day before when the page is not full', async () => {
    const { cursor } = await page({ limit: 30 });
    calls.reset();
    await page({ limit: 30, ...(cursor === undefined ? {} : { cursor }) });
    expect(calls.sent).toEqual([...Array(16).fill('Query'), 'BatchGetItem']);
  });

  it.each<[string, Asked]>([
    ['everything', {}],
    ['one status', { status: 'placed' }],
    ['one customer', { customerId: 'alice' }],
  ])('of %s ends with a page that is not full and has no cursor', async (_, asked) => {
    const range = { ...asked, from: expected(asked)[29]?.placedAt ?? '' };
    const { length } = expected(range);
    expect((await page({ ...range, limit: length + 1 })).cursor).toBeUndefined();
    expect((await page({ ...range, limit: length })).cursor).toBeDefined();
  });

  it('finds old orders in the status indexes, instead of day by day', async () => {
    const { items } = await page({ to: '2026-11-15T00:00:00.000Z', limit: 5 });
    expect(items).toEqual(expected({ to: '2026-11-15T00:00:00.000Z' }).slice(0, 5));
    calls.reset();
    expect((await page({ to: '2036-01-01T00:00:00.000Z', limit: 5 })).items).toEqual(newestFirst.slice(0, 5));
  });

  it('shows an order once that is found under two statuses while its status changes', async () => {
    const lists = orderLists(table);
    const [view] = newestFirst as [OrderView];
    const partition = { index: 'byCustomer', attribute: 'customerId', value: view.customerId } as const;
    const keys = await lists.newest([partition, partition], { from: '1970', before: '9' }, 5);
    expect(keys.map(({ orderId }) => orderId)).toEqual(
      expected({ customerId: view.customerId })
        .slice(0, 5)
        .map(({ orderId }) => orderId),
    );
    expect(await lists.views(keys)).toHaveLength(5);
  });

  it('leaves out an order that no longer has the status under which the index found it', async () => {
    const lists = orderLists(table);
    const moving = {
      ...lists,
      newest: async (...asked: Parameters<typeof lists.newest>) => {
        const [partitions, range, limit] = asked;
        const stale = partitions.map((each) => ({ ...each, value: each.value.replace('placed', 'confirmed') }));
        return lists.newest(stale, range, limit);
      },
    };
    const range = { from: '1970', before: '9' };
    const request = { customerId: undefined, status: 'placed', range, limit: 5 } as const;
    expect(await listOrdersPage(moving, request)).toEqual({ items: [], before: undefined });
  });

  it('reads only keys from the indexes', async () => {
    const { Items = [] } = await store.client.send(
      new QueryCommand({
        TableName: table,
        IndexName: 'byCustomer',
        KeyConditionExpression: 'customerId = :c',
        ExpressionAttributeValues: { ':c': { S: 'alice' } },
        Limit: 1,
      }),
    );
    expect(Object.keys(Items[0] ?? {}).sort()).toEqual(['customerId', 'orderId', 'placedKey']);
  });
});

describe('a cursor of the list', () => {
  it('cannot be used to see past the end of the range', async () => {
    const cursor = encodeCursor({ before: `${now}#${'ord_'}${'Z'.repeat(26)}` });
    expect((await all({ to: '2026-11-20T00:00:00.000Z', cursor })).items).toEqual(
      expected({ to: '2026-11-20T00:00:00.000Z' }),
    );
  });

  it.each([
    ['from nowhere', 'garbage'],
    ['of another list', encodeCursor({ sku: 'MUG' })],
    ['with more in it', encodeCursor({ before: keyOf(views[0] as OrderView), customerId: 'bob' })],
    ['without an order', encodeCursor({ before: now })],
    ['with another text', encodeCursor({ before: 'zzz' })],
    ['of a day that does not exist', encodeCursor({ before: `2026-00-10T00:00:00.000Z#ord_${'A'.repeat(26)}` })],
    ['of an hour that does not exist', encodeCursor({ before: `2026-01-10T77:00:00.000Z#ord_${'A'.repeat(26)}` })],
  ])('%s is refused', (_, cursor) => {
    expect(readListRange({ cursor }, now)).toMatchObject({ refused: { code: 'INVALID_CURSOR' } });
  });

  it('with invented content is refused or gives a page, and never faults', async () => {
    const number = (max: number, width: number) => fc.nat(max).map((each) => `${each}`.padStart(width, '0'));
    const key = fc
      .tuple(number(9_999, 4), number(99, 2), number(99, 2), number(99, 2))
      .map(([year, month, day, time]) => `${year}-${month}-${day}T${time}:00:00.000Z#ord_${'A'.repeat(26)}`);
    await fc.assert(
      fc.asyncProperty(key, async (before) => {
        const range = readListRange({ cursor: encodeCursor({ before }) }, now);
        if (isRefusal(range)) return;
        await listOrdersPage(orderLists(table), { customerId: undefined, status: undefined, range, limit: 1 });
      }),
      { numRuns: 60, examples: [['2026-02-31T00:00:00.000Z#ord_00000000000000000000000000']] },
    );
  });
});

describe('the range of a list', () => {
  const parse = (query: object) => listOrders.query.safeParse(query).success;

  it('is refused when it ends before it begins', () => {
    const range = readListRange({ from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, now);
    expect(range).toMatchObject({ refused: { code: 'VALIDATION_FAILED', errors: [{ path: 'query.from' }] } });
  });

  it('compares times, not texts', () => {
    const range = readListRange({ from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:00:00.500Z' }, now);
    expect(range).toEqual({ from: '2026-01-01T00:00:00.000Z', before: '2026-01-01T00:00:00.500Z$' });
  });

  it('takes times with an offset, up to both ends of the years', () => {
    const at = (from: string) => (readListRange({ from }, now) as { from: string }).from;
    expect(at('2026-11-28T00:00:00-05:00')).toBe('2026-11-28T05:00:00.000Z');
    expect(at('0000-01-01T00:00:00+01:00')).toBe('0000-01-01T00:00:00.000Z');
    expect(at('9999-12-31T23:59:59-01:00')).toBe('9999-12-31T23:59:59.999Z');
  });

  it('that only ends is not wrong about its beginning, and is empty before the first order', async () => {
    for (const to of ['1969-12-31T00:00:00Z', '0000-01-01T00:00:00Z']) {
      const range = readListRange({ to }, now);
      if (isRefusal(range)) throw new Error('refused');
      for (const customerId of [undefined, 'alice']) {
        const request = { customerId, status: undefined, range, limit: 5 };
        expect(await listOrdersPage(orderLists(table), request)).toEqual({ items: [], before: undefined });
      }
    }
  });

  it('may begin in the future, and is empty then', () => {
    expect(isRefusal(readListRange({ from: '2036-01-01T00:00:00Z' }, now))).toBe(false);
  });

  it.each([
    [{ from: '2026-01-01' }],
    [{ from: 'yesterday' }],
    [{ to: '2026-02-30T00:00:00Z' }],
    [{ limit: '0' }],
    [{ limit: '101' }],
    [{ limit: '1.5' }],
    [{ status: 'lost' }],
    [{ cursor: 'x'.repeat(1_001) }],
    [{ page: '2' }],
  ])('or the page cannot be %j', (query) => {
    expect(parse(query)).toBe(false);
  });

  it.each([
    [{}],
    [{ from: '2026-01-01T00:00:00Z' }],
    [{ from: '2026-01-01T00:00:00-05:00' }],
    [{ limit: '100', to: '' }],
    [{ status: 'on_hold', cursor: 'x' }],
  ])('may be %j', (query) => {
    expect(parse(query)).toBe(true);
  });
});
