import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderResource, OrderSummary } from '../../api/orders.ts';
import type { Local } from '../../local/index.ts';
import { type Answer, orderOf, type Problem, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';

let local: Local;
let shop: Shop;
/**
 * In the order of their placement: ten of Alice's, three of Bob's. The last of Alice's is declined, her first
 * cancelled.
 */
const alices: OrderResource[] = [];
const bobs: OrderResource[] = [];

type Page = { readonly items: OrderSummary[]; readonly nextCursor?: string };
type ListAnswer = Answer<Page & Problem>;

beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true });
  shop = new Shop(local);
  await shop.sell('CARD', { stock: { BER: 1_000 } });
  await shop.sell('SOLD-OUT');
  const place = async (as: string, paymentMethodId = 'pm_card_visa') => {
    return (await shop.place(as, orderOf('CARD', { paymentMethodId }))).body;
  };
  for (let count = 0; count < 9; count++) alices.push(await place('alice'));
  for (let count = 0; count < 3; count++) bobs.push(await place('bob'));
  alices.push(await place('alice', 'pm_card_chargeDeclined'));
  await local.settled();
  await shop.cancel(alices[0]?.orderId ?? '');
  await local.settled();
});

afterAll(() => local?.stop());

const list = (as: string, query = ''): Promise<ListAnswer> => shop.ask(as, 'GET', `/orders${query}`);
const idsOf = (orders: readonly { readonly orderId: string }[]) => orders.map(({ orderId }) => orderId);
const newestFirst = (orders: readonly OrderResource[]) => idsOf(orders).reverse();

/** All pages, one after the other; `between` happens after each of them. */
async function readOn(as: string, query: string, between = async () => {}): Promise<OrderSummary[][]> {
  const pages: OrderSummary[][] = [];
  for (let cursor = ''; pages.length < 50; ) {
    const { status, body } = await list(as, `?${query}${cursor && `&cursor=${cursor}`}`);
    expect(status).toBe(200);
    pages.push(body.items);
    if (body.nextCursor === undefined) return pages;
    cursor = body.nextCursor;
    await between();
  }
  throw new Error('the list does not end');
}

describe('the list of orders', () => {
  test('shows a customer their own orders, newest first, as they are now', async () => {
    const { body } = await list('alice');
    expect(idsOf(body.items)).toEqual(newestFirst(alices));
    expect(body.items.every(({ customerId }) => customerId === 'alice')).toBe(true);
    expect(body.items.map(({ status }) => status)).toEqual(['rejected', ...Array(8).fill('confirmed'), 'cancelled']);
    expect(body).not.toHaveProperty('nextCursor');
  });

  test('is empty for a customer without orders', async () => {
    expect((await list('carol')).body).toEqual({ items: [] });
  });

  test('shows staff and the warehouse the orders of all customers', async () => {
    const all = [...alices, ...bobs].sort((a, b) => (a.placedAt < b.placedAt ? -1 : 1));
    for (const reader of ['sam:staff', 'will:warehouse']) {
      expect(idsOf((await list(reader, '?limit=100')).body.items)).toEqual(newestFirst(all));
    }
  });

  test('contains no personal data', async () => {
    expect((await list('sam:staff')).text).not.toMatch(/Ahorn|Hauptstra|10115|example\.com/);
  });
});

describe('the filter by status', () => {
  test.each(['alice', 'sam:staff'])('finds the orders that have it, for %s', async (as) => {
    expect(idsOf((await list(as, '?status=rejected')).body.items)).toEqual([alices.at(-1)?.orderId]);
    expect(idsOf((await list(as, '?status=cancelled')).body.items)).toEqual([alices[0]?.orderId]);
    expect((await list(as, '?status=on_hold')).body.items).toEqual([]);
  });

  test('finds each confirmed order once, over several pages', async () => {
    const pages = await readOn('sam:staff', 'status=confirmed&limit=4');
    const confirmed = [...alices.slice(1, -1), ...bobs].sort((a, b) => (a.placedAt < b.placedAt ? -1 : 1));
    expect(idsOf(pages.flat())).toEqual(newestFirst(confirmed));
  });

  test('reaches a single order behind many others of its customer', async () => {
    const pages = await readOn('alice', 'status=cancelled&limit=1');
    expect(idsOf(pages.flat())).toEqual([alices[0]?.orderId]);
  });
});

describe('the range from and to', () => {
  test('includes both its ends', async () => {
    const [from, to] = [alices[2]?.placedAt ?? '', alices[5]?.placedAt ?? ''];
    const expected = newestFirst(alices.slice(2, 6));
    expect(idsOf((await list('alice', `?from=${from}&to=${to}`)).body.items)).toEqual(expected);
    const pages = await readOn('alice', `from=${from}&to=${to}&limit=2`);
    expect(idsOf(pages.flat())).toEqual(expected);
    const asStaff = await list('sam:staff', `?from=${from}&to=${to}`);
    expect(idsOf(asStaff.body.items)).toEqual(expected);
  });

  test('is open where a bound is left out', async () => {
    expect(idsOf((await list('alice', `?from=${alices[7]?.placedAt}`)).body.items)).toEqual(
      newestFirst(alices.slice(7)),
    );
    expect(idsOf((await list('alice', `?to=${alices[1]?.placedAt}`)).body.items)).toEqual(
      newestFirst(alices.slice(0, 2)),
    );
    expect((await list('alice', '?from=2099-01-01T00:00:00Z')).body.items).toEqual([]);
  });

  test('that ends before it begins is refused', async () => {
    const answer = await list('alice', '?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z');
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_FAILED', errors: [{ path: 'query.from' }] },
    });
  });
});

describe('pages', () => {
  test.each(['alice', 'sam:staff'])(
    'have no gaps and no duplicates while new orders are placed, for %s',
    async (as) => {
      const before = idsOf((await list(as, '?limit=100')).body.items);
      const pages = await readOn(as, 'limit=3', async () => {
        await shop.place('alice', orderOf('SOLD-OUT'));
        await local.settled();
      });
      expect(pages.length).toBeGreaterThan(3);
      expect(pages.slice(0, -1).every((page) => page.length === 3)).toBe(true);
      expect(idsOf(pages.flat())).toEqual(before);
    },
  );

  test('have the requested number of orders, 20 by default, 100 at most', async () => {
    await Promise.all(Array.from({ length: 12 }, () => shop.place('alice', orderOf('SOLD-OUT'))));
    await local.settled();
    expect((await list('sam:staff', '?limit=1')).body.items).toHaveLength(1);
    expect((await list('sam:staff')).body.items).toHaveLength(20);
    expect((await list('sam:staff', '?limit=100')).status).toBe(200);
  });

  test('that end with the last order have no cursor', async () => {
    const { body } = await list('bob', '?limit=3');
    expect(body.items).toHaveLength(3);
    if (body.nextCursor !== undefined) {
      expect((await list('bob', `?limit=3&cursor=${body.nextCursor}`)).body).toEqual({ items: [] });
    }
  });
});

describe('a cursor', () => {
  const unusable = [
    { what: 'that is not encoded', cursor: 'xyz' },
    { what: 'of other content', cursor: Buffer.from('{"after":1}').toString('base64url') },
    { what: 'with an invalid position', cursor: Buffer.from('{"before":"9999"}').toString('base64url') },
    {
      what: 'with more than a position',
      cursor: Buffer.from('{"before":"2026-01-01T00:00:00.000Z#ord_00000000000000000000000000","x":1}').toString(
        'base64url',
      ),
    },
    {
      what: 'with an invalid day',
      cursor: Buffer.from('{"before":"2026-13-45T00:00:00.000Z#ord_00000000000000000000000000"}').toString('base64url'),
    },
  ];

  test.each(unusable)('$what is refused', async ({ cursor }) => {
    for (const as of ['alice', 'sam:staff']) {
      expect(await list(as, `?cursor=${cursor}`)).toMatchObject({ status: 400, body: { code: 'INVALID_CURSOR' } });
    }
  });

  test("does not give access to another customer's orders", async () => {
    const { body } = await list('sam:staff', '?limit=1');
    const mallory = await list('mallory', `?cursor=${body.nextCursor}`);
    expect(mallory.body).toEqual({ items: [] });
  });
});
