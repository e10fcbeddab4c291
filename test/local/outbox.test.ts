import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { StoreUse } from '../../local/dynamodb/store-use.ts';
import type { FromHost } from '../../local/lambda/host.ts';
import { Outbox } from '../../local/lambda/outbox.ts';

let sent: (readonly FromHost[])[];
let outbox: Outbox;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  sent = [];
  outbox = new Outbox((messages) => sent.push(messages));
});

afterEach(() => vi.useRealTimers());

const use = (table: string): StoreUse => ['PlaceOrder', 'write', [[table, 1]], [table]];
const result = (environment: number): FromHost => ['result', environment, '{}'];

test('what is said in one turn goes together', async () => {
  outbox.post(result(1));
  outbox.post(result(2));
  await nextTurn();
  outbox.post(result(3));
  await nextTurn();
  expect(sent).toEqual([[result(1), result(2)], [result(3)]]);
});

test('how the store was used goes ahead of what is said next, though it was noted later', async () => {
  outbox.note(use('Orders'));
  outbox.post(result(1));
  outbox.note(use('Inventory'));
  await nextTurn();
  expect(sent).toEqual([[['used', [use('Orders'), use('Inventory')]], result(1)]]);
  vi.advanceTimersByTime(1_000);
  expect(sent).toHaveLength(1);
});

test('when nothing is said it goes by itself: not at once, but soon, and all of it together', async () => {
  outbox.note(use('Orders'));
  await nextTurn();
  outbox.note(use('Inventory'));
  vi.advanceTimersByTime(4);
  expect(sent).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(sent).toEqual([[['used', [use('Orders'), use('Inventory')]]]]);
});

test('what went with the timer is not said again', async () => {
  outbox.note(use('Orders'));
  outbox.post(result(1));
  vi.advanceTimersByTime(5);
  await nextTurn();
  expect(sent).toEqual([[['used', [use('Orders')]], result(1)]]);
});
