import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Local } from '../../local/index.ts';
import { type OrderAnswer, orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';
import { type Outsider, outsiderOf } from './outsider.ts';

let local: Local;
let shop: Shop;
let outsider: Outsider;

beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true });
  shop = new Shop(local);
  outsider = outsiderOf(local);
  await shop.sell('BOOK', { stock: { BER: 1_000 } });
});

afterAll(async () => {
  await local?.settled();
  await local?.stop();
});

const one = orderOf('BOOK');
const two = orderOf('BOOK', { lines: [{ sku: 'BOOK', quantity: 2 }] });
/** The answer of the placement: of a replay, what it has beside the state of the order now. */
const answered = ({ body }: OrderAnswer) => {
  const { current: _current, ...first } = body as OrderAnswer['body'] & { current?: unknown };
  return first;
};
const reservedUnits = async () => (await shop.stock('BOOK')).reserved;

describe('the same key and body', () => {
  test('give the same answer, marked as replayed, and place one order', async () => {
    const before = await reservedUnits();
    const first = await shop.place('alice', one, 'same');
    const second = await shop.place('alice', one, 'same');
    expect(second.status).toBe(201);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect(answered(second)).toEqual(first.body);
    await local.settled();
    expect(await reservedUnits()).toBe(before + 1);
    expect((await shop.books(first.body.orderId)).payments).toHaveLength(1);
  });

  test('give the answer of the placement, and the state of the order now beside it', async () => {
    const first = await shop.place('alice', one, 'moved-on');
    await local.settled();
    await shop.cancel(first.body.orderId);
    await local.settled();
    const replay = await shop.place('alice', one, 'moved-on');
    expect(replay.headers.get('idempotent-replayed')).toBe('true');
    expect(answered(replay)).toEqual(first.body);
    expect(replay.body).toMatchObject({ status: 'placed', current: { status: 'cancelled', paymentStatus: 'voided' } });
    expect(await shop.order(first.body.orderId)).toMatchObject({ status: 'cancelled' });
  });

  test('give the same answer when the product has changed or was removed since', async () => {
    await shop.sell('FAD', { prices: { EUR: 500 }, stock: { BER: 5 } });
    const first = await shop.place('alice', orderOf('FAD'), 'fad');
    await shop.sell('FAD', { prices: { EUR: 900 }, product: { active: false } });
    const replay = await shop.place('alice', orderOf('FAD'), 'fad');
    expect([replay.status, answered(replay)]).toEqual([201, first.body]);
  });

  test('with the fields in another order, or with spaces around a name, are still the same request', async () => {
    const first = await shop.place('alice', one, 'spelling');
    const { shippingAddress, ...rest } = one;
    const respelled = { shippingAddress: { ...shippingAddress, name: '  Alice Ahorn ' }, ...rest };
    const again = await shop.place('alice', respelled, 'spelling');
    expect([again.status, answered(again)]).toEqual([201, first.body]);
    const stated = {
      ...one,
      allowSplitShipments: true,
      locale: null,
      shippingAddress: { ...shippingAddress, line2: '' },
    };
    expect(await shop.place('alice', stated, 'spelling')).toMatchObject({
      status: 201,
      body: { orderId: first.body.orderId },
    });
  });

  test('twenty times at once place one order; every other request gets it or 409 and Retry-After', async () => {
    await local.settled();
    const before = await outsider.count('Orders', 'Contacts', 'Idempotency');
    const answers = await Promise.all(Array.from({ length: 20 }, () => shop.place('alice', one, 'crowd')));
    const placed = answers.filter(({ status }) => status === 201);
    const busy = answers.filter(({ status }) => status === 409);
    expect(placed.length + busy.length).toBe(20);
    expect(new Set(placed.map((answer) => JSON.stringify(answered(answer)))).size).toBe(1);
    expect(placed.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1);
    for (const { headers, body } of busy) {
      expect(body.code).toBe('IDEMPOTENCY_IN_PROGRESS');
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    await local.settled();
    const [orders = 0, contacts = 0, keys = 0] = await outsider.count('Orders', 'Contacts', 'Idempotency');
    // Two commits: the placement and the confirmation.
    expect([orders, contacts, keys]).toEqual([(before[0] ?? 0) + 2, (before[1] ?? 0) + 1, (before[2] ?? 0) + 1]);
    const late = await shop.place('alice', one, 'crowd');
    expect([late.status, late.body.orderId]).toEqual([201, placed[0]?.body.orderId]);
  });
});

describe('the same key with another body', () => {
  test('is refused, and the first order does not change', async () => {
    const first = await shop.place('alice', one, 'reused');
    for (const other of [
      two,
      { ...one, paymentMethodId: 'pm_card_mastercard' },
      orderOf('BOOK', { shippingAddress: { line1: 'Nebenstraße 2' } }),
    ]) {
      const refused = await shop.place('alice', other, 'reused');
      expect(refused).toMatchObject({
        status: 422,
        body: { code: 'IDEMPOTENCY_KEY_REUSED', errors: [{ path: 'headers.idempotency-key' }] },
      });
    }
    expect(await shop.order(first.body.orderId)).toMatchObject({ lines: [{ quantity: 1 }] });
  });

  test('at the same time places one of the two, never both, never a mixture', async () => {
    for (const round of [1, 2, 3, 4]) {
      const bodies = [one, two, one, two, one, two];
      const answers = await Promise.all(bodies.map((body) => shop.place('carol', body, `race-${round}`)));
      const placed = answers.filter(({ status }) => status === 201);
      expect(new Set(placed.map((answer) => JSON.stringify(answered(answer)))).size).toBe(1);
      for (const { status, body } of answers.filter((answer) => answer.status !== 201)) {
        expect([status, body.code]).toEqual(
          status === 409 ? [409, 'IDEMPOTENCY_IN_PROGRESS'] : [422, 'IDEMPOTENCY_KEY_REUSED'],
        );
      }
      await local.settled();
      const order = await shop.order(placed[0]?.body.orderId ?? '');
      expect(order.status).toBe('confirmed');
      expect((await shop.books(order.orderId)).payments).toMatchObject([{ amountMinor: order.totals.totalMinor }]);
    }
  });
});

describe('a key belongs to its customer:', () => {
  test('two customers with the same key and body have two orders', async () => {
    const mine = await shop.place('alice', one, 'shared-key');
    const yours = await shop.place('bob', one, 'shared-key');
    expect([mine.status, yours.status]).toEqual([201, 201]);
    expect(yours.headers.get('idempotent-replayed')).toBeNull();
    expect(yours.body.orderId).not.toBe(mine.body.orderId);
    expect(yours.body.customerId).toBe('bob');
  });

  test('customer and key are separated: ann with key :x is not ann: with key x', async () => {
    const answers = [
      await shop.ask('ann', 'POST', '/orders', one, { 'idempotency-key': '","b' }),
      await shop.ask('ann","', 'POST', '/orders', one, { 'idempotency-key': 'b' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers.map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, null]);
  });
});

describe('the header Idempotency-Key', () => {
  const wrong = [
    { what: 'missing', headers: {}, says: 'is required' },
    { what: 'empty', headers: { 'idempotency-key': '' }, says: 'is required' },
    { what: 'too long', headers: { 'idempotency-key': 'k'.repeat(256) }, says: 'has 256 characters' },
    { what: 'with a space in it', headers: { 'idempotency-key': 'a b' }, says: 'has a space at position 2' },
    { what: 'not ASCII', headers: { 'idempotency-key': 'schl\u00fcssel' }, says: 'other than visible ASCII' },
  ];

  test.each(wrong)('must be valid: $what is refused and nothing is stored', async ({ headers, says }) => {
    await local.settled();
    const before = await outsider.count('Orders', 'Contacts', 'Idempotency');
    expect(await shop.ask('alice', 'POST', '/orders', one, headers)).toMatchObject({
      status: 400,
      body: {
        code: 'IDEMPOTENCY_KEY_REQUIRED',
        detail: expect.stringContaining(says),
        errors: [{ path: 'headers.idempotency-key' }],
      },
    });
    expect(await outsider.count('Orders', 'Contacts', 'Idempotency')).toEqual(before);
  });

  test('may have 255 characters', async () => {
    expect((await shop.place('alice', one, 'k'.repeat(255))).status).toBe(201);
  });
});

describe('a refused request', () => {
  test('leaves its key free: the corrected request can use the same key', async () => {
    const refused = await shop.place('alice', orderOf('NO-SUCH-BOOK'), 'corrected');
    expect(refused).toMatchObject({ status: 422, body: { code: 'UNKNOWN_SKU' } });
    expect(await shop.place('alice', one, 'corrected')).toMatchObject({ status: 201, body: { status: 'placed' } });
  });
});
