import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Local } from '../../local/index.ts';
import { contradictionsIn, ledgerOf } from '../support/ledger.ts';
import { type Answer, orderOf, type Problem, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';

let local: Local;
let shop: Shop;

beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true });
  shop = new Shop(local);
});

afterAll(() => local?.stop());

const staff = 'sam:staff';
const allow = (sku: string, body: unknown = { mode: 'backorder' }, as = staff): Promise<Answer<Problem>> =>
  shop.ask(as, 'PUT', `/inventory/${sku}/backorder`, body);
const wanting = (sku: string, quantity: number) => orderOf(sku, { lines: [{ sku, quantity }] });

/** Places an order and returns a function that reads it. */
async function placed(as: string, sku: string, quantity: number, changes: Parameters<typeof orderOf>[1] = {}) {
  const order = await shop.ordered(as, orderOf(sku, { lines: [{ sku, quantity }], ...changes }));
  return { first: order, now: () => shop.order(order.orderId) };
}

async function receive(sku: string, quantity: number, location = 'BER'): Promise<void> {
  await shop.receive(sku, location, quantity);
  await local.settled();
}

const availability = async (sku: string) =>
  (await shop.must<{ availability: string }>('', 'GET', `/catalog/${sku}`)).availability;

/** Asserts that the records of a completed order agree everywhere. */
async function expectSound(orderId: string): Promise<void> {
  expect(contradictionsIn(await ledgerOf(shop, orderId))).toEqual([]);
}

describe('an order for more units than are available', () => {
  test('waits without a charge where staff allows backorders, and is confirmed and dispatched when stock arrives', async () => {
    await shop.sell('SOFA', { stock: { BER: 1 } });
    expect(await allow('SOFA')).toMatchObject({ status: 200, body: { sku: 'SOFA', mode: 'backorder', waiting: 0 } });
    const order = await placed('alice', 'SOFA', 2);
    expect(order.first).toMatchObject({
      ...{ status: 'on_hold', paymentStatus: 'none', shipments: [] },
      hold: { reason: 'backordered', waitsFor: { sku: 'SOFA', units: 2 } },
    });
    expect((await shop.books(order.first.orderId)).payments).toEqual([]);
    expect(await shop.stock('SOFA')).toMatchObject({
      available: 1,
      backorder: { mode: 'backorder', waiting: 2, kept: 0 },
    });
    expect((await local.executions()).filter(({ status }) => status !== 'SUCCEEDED')).toEqual([]);

    await receive('SOFA', 5);
    const confirmed = await order.now();
    expect(confirmed).toMatchObject({ status: 'confirmed', paymentStatus: 'authorized' });
    expect(confirmed.hold).toBeUndefined();
    expect(await shop.stock('SOFA')).toMatchObject({
      ...{ onHand: 6, available: 4, reserved: 2 },
      backorder: { waiting: 0, kept: 0 },
    });
    const types = (await shop.events(order.first.orderId)).map(({ type, data }) => [type, data.reason]);
    expect(types.slice(0, 4)).toEqual([
      ['OrderPlaced', undefined],
      ['OrderHeld', 'backordered'],
      ['OrderResumed', 'stock_arrived'],
      ['StockReserved', undefined],
    ]);
    const done = await shop.dispatched(confirmed);
    expect(done).toMatchObject({ paymentStatus: 'captured', fulfillmentStatus: 'shipped' });
    await expectSound(order.first.orderId);
  });

  test('is rejected where staff does not allow backorders, and again once staff has disallowed them', async () => {
    await shop.sell('LAMP');
    expect((await placed('alice', 'LAMP', 1)).first).toMatchObject({
      status: 'rejected',
      rejection: { code: 'OUT_OF_STOCK' },
    });
    await allow('LAMP');
    expect((await placed('alice', 'LAMP', 1)).first.status).toBe('on_hold');
    expect(await allow('LAMP', { mode: 'none' })).toMatchObject({ status: 200, body: { mode: 'none', waiting: 1 } });
    expect((await placed('bob', 'LAMP', 1)).first.status).toBe('rejected');
  });

  test('is rejected beyond the limit of waiting units, which is exact', async () => {
    await shop.sell('RUG');
    await allow('RUG', { mode: 'backorder', limit: 5 });
    expect((await placed('alice', 'RUG', 3)).first.status).toBe('on_hold');
    const refused = (await placed('bob', 'RUG', 3)).first;
    expect(refused).toMatchObject({ status: 'rejected', rejection: { code: 'OUT_OF_STOCK' } });
    expect(refused.rejection?.detail).toMatch(/^\w+: \d+ wanted, fewer available, and no more orders may wait$/);
    const many = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => shop.place(name, wanting('RUG', 1))));
    await local.settled();
    const orders = await Promise.all(many.map(({ body }) => shop.order(body.orderId)));
    expect(orders.filter(({ status }) => status === 'on_hold')).toHaveLength(2);
    expect(await shop.stock('RUG')).toMatchObject({ backorder: { limit: 5, waiting: 5 } });
  });

  test('waits with all its lines, or is rejected when one line may not wait', async () => {
    await shop.sell('DESK', { stock: { BER: 1 } });
    await shop.sell('CHAIR');
    await allow('CHAIR');
    const lines = [
      { sku: 'DESK', quantity: 1 },
      { sku: 'CHAIR', quantity: 1 },
    ];
    const order = await placed('alice', 'DESK', 1, { lines });
    expect(order.first.hold).toMatchObject({ waitsFor: { sku: 'CHAIR', units: 1 } });
    // Nothing is reserved while the order waits: another order gets the desk.
    expect((await placed('bob', 'DESK', 1)).first.status).toBe('confirmed');
    const both = await placed('carol', 'DESK', 1, { lines });
    expect(both.first).toMatchObject({ status: 'rejected', rejection: { code: 'OUT_OF_STOCK' } });

    await receive('CHAIR', 1);
    const rejected = await order.now();
    expect(rejected).toMatchObject({ status: 'rejected', rejection: { code: 'OUT_OF_STOCK' } });
    expect(rejected.rejection?.detail).toContain('DESK');
    expect(rejected.rejection?.detail).not.toContain('CHAIR');
    expect(await shop.stock('CHAIR')).toMatchObject({ available: 1, backorder: { waiting: 0, kept: 0 } });
    await expectSound(order.first.orderId);
  });

  test('says for which SKU it waits when another one sells out meanwhile', async () => {
    for (const sku of ['STOOL', 'BENCH']) {
      await shop.sell(sku);
      await allow(sku);
    }
    await receive('STOOL', 1);
    const lines = ['STOOL', 'BENCH'].map((sku) => ({ sku, quantity: 1 }));
    const order = await placed('alice', 'STOOL', 1, { lines });
    expect(order.first.hold).toMatchObject({ waitsFor: { sku: 'BENCH', units: 1 } });
    expect((await placed('bob', 'STOOL', 1)).first.status).toBe('confirmed');
    await receive('BENCH', 1);
    expect(await order.now()).toMatchObject({
      ...{ status: 'on_hold', hold: { reason: 'backordered', waitsFor: { sku: 'STOOL', units: 1 } } },
    });
    expect(await shop.stock('STOOL')).toMatchObject({ backorder: { waiting: 1 } });
    await receive('STOOL', 1);
    expect((await order.now()).status).toBe('confirmed');
    await expectSound(order.first.orderId);
  });
});

describe('waiting orders', () => {
  test('are filled in the order of their arrival, each when there are enough units for it', async () => {
    await shop.sell('BED');
    await allow('BED');
    const [ann, ben, cid] = [
      await placed('ann', 'BED', 2),
      await placed('ben', 'BED', 3),
      await placed('cid', 'BED', 1),
    ] as const;
    const statuses = async () => Promise.all([ann, ben, cid].map(async (each) => (await each.now()).status));
    await receive('BED', 1);
    expect(await statuses()).toEqual(['on_hold', 'on_hold', 'on_hold']);
    expect(await shop.stock('BED')).toMatchObject({ onHand: 1, available: 0, backorder: { waiting: 6, kept: 1 } });
    await receive('BED', 5, 'VIE');
    expect(await statuses()).toEqual(['confirmed', 'confirmed', 'confirmed']);
    expect(await shop.stock('BED')).toMatchObject({
      onHand: 6,
      available: 0,
      reserved: 6,
      backorder: { waiting: 0, kept: 0 },
    });
  });

  test('are not overtaken by a later order for fewer units', async () => {
    await shop.sell('BUNK');
    await allow('BUNK');
    const first = await placed('ann', 'BUNK', 5);
    await receive('BUNK', 3);
    const newcomer = await placed('zoe', 'BUNK', 1);
    expect([(await first.now()).status, newcomer.first.status]).toEqual(['on_hold', 'on_hold']);
    await receive('BUNK', 2);
    expect([(await first.now()).status, (await newcomer.now()).status]).toEqual(['confirmed', 'on_hold']);
    await receive('BUNK', 4);
    expect((await newcomer.now()).status).toBe('confirmed');
    expect(await shop.stock('BUNK')).toMatchObject({ available: 3, reserved: 6 });
  });

  test('leave the queue when they are cancelled, and the next one moves up', async () => {
    await shop.sell('COT');
    await allow('COT');
    const first = await placed('ann', 'COT', 5);
    const second = await placed('ben', 'COT', 2);
    await receive('COT', 3);
    expect((await second.now()).status).toBe('on_hold');
    expect((await shop.cancel(first.first.orderId, 'ben')).status).toBe(404);
    expect((await shop.cancel(first.first.orderId, 'ann')).status).toBe(202);
    await local.settled();
    expect((await first.now()).status).toBe('cancelled');
    expect((await second.now()).status).toBe('confirmed');
    expect(await shop.stock('COT')).toMatchObject({ available: 1, reserved: 2, backorder: { waiting: 0, kept: 0 } });
    await expectSound(first.first.orderId);
  });

  test('also get units that other orders release', async () => {
    await shop.sell('CRIB', { stock: { BER: 1 } });
    await allow('CRIB');
    const buyer = await placed('ann', 'CRIB', 1);
    expect(buyer.first.status).toBe('confirmed');
    const waiting = await placed('ben', 'CRIB', 1);
    await shop.cancel(buyer.first.orderId, 'ann');
    await local.settled();
    expect((await waiting.now()).status).toBe('confirmed');
  });

  test('leave their units to the next order when their payment is declined', async () => {
    await shop.sell('POT');
    await allow('POT');
    const poor = await placed('ann', 'POT', 2, { paymentMethodId: 'pm_card_chargeDeclined' });
    const next = await placed('ben', 'POT', 2);
    expect(poor.first.status).toBe('on_hold');
    await receive('POT', 2);
    expect(await poor.now()).toMatchObject({ status: 'rejected', rejection: { code: 'PAYMENT_DECLINED' } });
    expect((await next.now()).status).toBe('confirmed');
    await expectSound(poor.first.orderId);
  });

  test('all end: the rest of the units that arrived for them goes on sale', async () => {
    await shop.sell('PAN');
    await allow('PAN');
    const only = await placed('ann', 'PAN', 4);
    await receive('PAN', 3);
    expect(await shop.stock('PAN')).toMatchObject({ available: 0, backorder: { kept: 3 } });
    await shop.cancel(only.first.orderId, 'ann');
    await local.settled();
    expect(await shop.stock('PAN')).toMatchObject({ onHand: 3, available: 3, backorder: { waiting: 0, kept: 0 } });
    expect((await placed('ben', 'PAN', 3)).first.status).toBe('confirmed');
  });
});

describe('the catalog', () => {
  test('shows that a product can be preordered instead of out of stock', async () => {
    await shop.sell('NOVEL');
    expect(await availability('NOVEL')).toBe('out_of_stock');
    await allow('NOVEL', { mode: 'preorder', limit: 100 });
    await eventually(async () => expect(await availability('NOVEL')).toBe('preorder'));
    const order = await placed('alice', 'NOVEL', 1);
    expect(order.first.hold).toMatchObject({ reason: 'backordered', detail: expect.stringContaining('preordered') });
    await receive('NOVEL', 20);
    expect((await order.now()).status).toBe('confirmed');
    await eventually(async () => expect(await availability('NOVEL')).toBe('in_stock'));
  });
});

describe('a request of staff to allow backorders', () => {
  const wrong = [
    [{}, 'mode'],
    [{ mode: 'later' }, 'mode'],
    [{ mode: 'backorder', limit: 0 }, 'limit'],
    [{ mode: 'backorder', limit: 1.5 }, 'limit'],
    [{ mode: 'none', limit: 5 }, 'limit'],
    [{ mode: 'backorder', lmit: 5 }, ''],
  ] as const;
  test.each(wrong)('is refused with the wrong field for %j', async (body, path) => {
    await shop.sell('SHELF');
    const answer = await allow('SHELF', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(answer.body.errors?.map((error) => error.path)).toEqual([path === '' ? expect.anything() : path]);
  });

  test('needs a known product and a member of staff', async () => {
    expect(await allow('GHOST')).toMatchObject({ status: 422, body: { code: 'UNKNOWN_SKU' } });
    for (const as of ['alice', 'will:warehouse']) expect((await allow('SOFA', undefined, as)).status).toBe(403);
  });
});

/** The catalog caches plans for some seconds. */
async function eventually(check: () => Promise<void>): Promise<void> {
  await expect.poll(async () => check().then(() => 'so', String), { timeout: 15_000, interval: 200 }).toBe('so');
}
