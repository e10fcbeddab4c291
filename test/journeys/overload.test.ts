import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { OrderResource } from '../../api/orders.ts';
import type { Local } from '../../local/index.ts';
import { ageOrder } from '../sagas/age-order.ts';
import { orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';

/**
 * An overload: less concurrency or table capacity than the orders need. Usually scaled down, with shorter pauses of the
 * retries; at full size in a campaign (HOLDFAST_CAMPAIGN above 1).
 */
const size =
  Number(process.env.HOLDFAST_CAMPAIGN ?? 1) > 1
    ? { orders: 500, arrivalMs: 10_000, concurrency: 20, throttledMs: 60_000, retryScale: 1, limitMs: 1_800_000 }
    : { orders: 24, arrivalMs: 400, concurrency: 6, throttledMs: 3_000, retryScale: 0.05, limitMs: 180_000 };

/** Seconds after which an order that ended without a decision is continued; twice that is within the hold of 900. */
const lostSeconds = 370;
const rounds = 2;

let local: Local | undefined;
afterEach(() => local?.stop());

const sandbox = ['AnswerStripe', 'AnswerEasypost', 'ShowLabel'];

async function open(sagaType: string, concurrency?: number): Promise<{ local: Local; shop: Shop }> {
  local = await startLocal({
    ...{ port: 0, memory: true, schedules: false, throttling: false, logLevel: 'SILENT' },
    ...{ context: { sagaType }, retryScale: size.retryScale },
    ...(concurrency && { concurrency: { most: concurrency, except: sandbox } }),
  });
  const shop = new Shop(local);
  await patiently(() => shop.sell('MUG'));
  await patiently(() => shop.receive('MUG', 'BER', size.orders, 'receipt-1'));
  return { local, shop };
}

/** Repeats a request until it is answered, as a client with a fixed key does. */
async function patiently<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let left = 400; ; left--) {
    try {
      return await ask();
    } catch (error) {
      if (left === 0) throw error;
      await sleep(Math.random() * 400);
    }
  }
}

async function placeAll(shop: Shop): Promise<string[]> {
  const place = async (index: number): Promise<string> => {
    await sleep((index * size.arrivalMs) / size.orders);
    return patiently(async () => {
      const answer = await shop.place(`customer-${index}`, orderOf('MUG'), `key-${index}`);
      if (answer.status !== 201) throw new Error(`placing answered ${answer.status}`);
      return answer.body.orderId;
    });
  };
  return Promise.all(Array.from({ length: size.orders }, (_, index) => place(index)));
}

/** The orders after their sagas have ended, and after those without a decision were continued. */
async function outcome(running: { local: Local; shop: Shop }, orderIds: readonly string[]): Promise<OrderResource[]> {
  for (let round = 0; ; round++) {
    await running.local.settled();
    const orders: OrderResource[] = [];
    for (const orderId of orderIds) orders.push(await patiently(() => running.shop.order(orderId)));
    const open = orders.filter(({ status }) => status === 'placed');
    if (open.length === 0 || round === rounds) return orders;
    for (const { orderId, version } of open) await ageOrder(running.local, orderId, version, lostSeconds);
    await patiently(() => running.local.invoke('ResumeUnfinished', {}));
  }
}

const isNoPlacement = (call: { readonly function: string }): boolean => call.function !== 'PlaceOrder';

/** How the orders ended, each way once. */
function endings(orders: readonly OrderResource[]): string[] {
  return [...new Set(orders.map(({ status, rejection }) => rejection?.code ?? status))];
}

describe.each(['STANDARD', 'EXPRESS'])('%s', (sagaType) => {
  test('too little concurrency of the account delays orders and rejects none', { timeout: size.limitMs }, async () => {
    const running = await open(sagaType, size.concurrency);
    const orders = await outcome(running, await placeAll(running.shop));
    expect(endings(orders)).toEqual(['confirmed']);
    expect(await patiently(() => running.shop.stock('MUG'))).toMatchObject({ available: 0, reserved: size.orders });
  });

  test('throttled tables delay orders and reject none', { timeout: size.limitMs }, async () => {
    const running = await open(sagaType);
    // Not the tables of the placement, so that all orders meet the throttled ones.
    for (const table of ['Inventory', 'GatewayRecords', 'OrderViews']) {
      running.local.faults.add({ kind: 'throttle', table, times: Number.POSITIVE_INFINITY, when: isNoPlacement });
    }
    const placing = placeAll(running.shop);
    await sleep(size.throttledMs);
    running.local.faults.clear();
    const orders = await outcome(running, await placing);
    expect(endings(orders)).toEqual(['confirmed']);
    expect(await running.shop.stock('MUG')).toMatchObject({ available: 0, reserved: size.orders });
  });
});
