import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Local } from '../../local/index.ts';
import { orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';
import { type Outsider, outsiderOf } from './outsider.ts';

let local: Local;
let shop: Shop;
let outsider: Outsider;

beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true, retryScale: 0.001, logLevel: 'SILENT' });
  shop = new Shop(local);
  outsider = outsiderOf(local);
  await shop.sell('ACORN', { stock: { BER: 1_000 } });
});

afterAll(() => local?.stop());

const failuresOf = (capability: string) =>
  local.deadLetters().filter(({ queue }) => queue.endsWith(`-${capability}-failures`));
const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** An event that is valid except for `change`. */
const event = (type: string, change: object) => ({
  source: 'oms.orders',
  'detail-type': type,
  detail: {
    eventId: 'ord_0:1:0',
    type,
    version: 1,
    orderId: 'ord_00000000000000000000000000',
    sequence: 1,
    index: 0,
    count: 1,
    occurredAt: '2026-01-01T00:00:00.000Z',
    correlationId: 'poison',
    causationId: 'poison',
    traceparent: '',
    data: {},
    ...change,
  },
});

const queues = [
  { saga: 'order-saga', type: 'OrderPlaced' },
  { saga: 'dispatch-saga', type: 'DispatchRequested' },
  { saga: 'cancellation-saga', type: 'CancellationRequested' },
];

describe.each(queues)('poison in the queue of $saga', ({ saga, type }) => {
  const poison = [
    'not json at all',
    '',
    'null',
    '[]',
    JSON.stringify({ hello: 'world' }),
    JSON.stringify(event(type, {})),
    JSON.stringify(event(type, { version: 99 })),
    JSON.stringify(event('OrderCompleted', {})),
    JSON.stringify(event(type, { orderId: 7 })),
    JSON.stringify(event(type, { data: { from: 'nowhere', lines: 'many' } })),
    'x'.repeat(200_000),
  ];

  test('moves unchanged to the failure queue, which says where it comes from, and other orders are not affected', async () => {
    const before = local.executions().length;
    const orders = [];
    for (const [index, body] of poison.entries()) {
      await outsider.send(`${saga}-queue`, body);
      if (index % 4 === 0) orders.push((await shop.place('alice', orderOf('ACORN'))).body.orderId);
    }
    await local.settled();
    for (const orderId of orders) expect(await shop.order(orderId)).toMatchObject({ status: 'confirmed' });
    const failed = failuresOf('fulfillment').filter(({ from }) => from?.endsWith(`-${saga}-queue`));
    expect(failed.map(({ body }) => text(body)).sort()).toEqual([...poison].sort());
    // Only the sagas of the orders were started.
    expect(
      local
        .executions()
        .slice(before)
        .map(({ status }) => status),
    ).toEqual(orders.map(() => 'SUCCEEDED'));

    const order = await shop.order(orders[0] ?? '');
    expect(await shop.dispatched(order)).toMatchObject({ fulfillmentStatus: 'shipped' });
    await shop.cancel(orders[1] ?? '');
    await local.settled();
    expect(await shop.order(orders[1] ?? '')).toMatchObject({ status: 'cancelled' });
  });
});

describe('poison in the stream of the order log', () => {
  const id = (digit: number) => `ord_${String(digit).repeat(26)}`;
  const commit = {
    actor: 'x',
    committedAt: '2026-01-01T00:00:00.000Z',
    correlationId: 'c',
    causationId: 'c',
    traceparent: '',
  };
  const eventsOf = (type: string, version: number, data: object) => JSON.stringify([{ type, version, data }]);
  const poison = [
    { orderId: id(1), version: 1 },
    { orderId: id(2), version: 1, ...commit, events: eventsOf('NoSuchEvent', 1, {}) },
    { orderId: id(3), version: 1, ...commit, events: eventsOf('OrderPlaced', 1, { customerId: 7 }) },
    { orderId: id(4), version: 1, ...commit, events: 'no JSON' },
    { orderId: id(5), version: 1, ...commit, events: [{ type: 'OrderPlaced', version: 1, data: {} }] },
    { orderId: 'not-an-order', version: 1, ...commit, events: eventsOf('OrderPlaced', 2, {}) },
  ];
  const keys = poison.map(({ orderId, version }) => ({ orderId, version: String(version) }));

  test('is set aside by its key, by each consumer separately, and later commits are published and listed', async () => {
    const orders = [];
    for (const item of poison) {
      const [placed] = await Promise.all([shop.place('bob', orderOf('ACORN')), outsider.put('Orders', item)]);
      orders.push(placed.body.orderId);
    }
    await local.settled();
    const failed = failuresOf('orders').map(({ body }) => body) as { consumer: string; key: unknown; reason: string }[];
    // None is a batch that Lambda has discarded: that has no consumer in it.
    expect(failed).toHaveLength(2 * poison.length);
    for (const consumer of ['publish-events', 'project-order']) {
      const parked = failed.filter((each) => each.consumer === consumer);
      expect(parked.map(({ key }) => key)).toEqual(expect.arrayContaining(keys));
      expect(parked).toHaveLength(poison.length);
      for (const each of parked) expect(each).toMatchObject({ reason: expect.stringMatching(/.+/) });
    }
    for (const orderId of orders) {
      expect(await shop.order(orderId)).toMatchObject({ status: 'confirmed' });
      expect(await shop.summary(orderId)).toMatchObject({ status: 'confirmed' });
    }
  });

  test('makes its own order unreadable, which is answered without internal details', async () => {
    for (const orderId of [id(2), id(3), id(4)]) {
      const answer = await shop.ask<{ code: string }>('sam:staff', 'GET', `/orders/${orderId}`);
      expect(answer).toMatchObject({
        status: 500,
        body: { code: 'INTERNAL', detail: 'The request failed on our side.' },
      });
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(answer.text).not.toMatch(/NoSuchEvent|customerId|at \S+ \(|\.mjs/);
    }
  });
});
