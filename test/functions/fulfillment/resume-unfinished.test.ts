import { beforeAll, describe, expect, it } from 'vitest';
import { inParallel } from '../../../bench/client/in-parallel.ts';
import {
  dispatchSagaInput,
  orderSagaInput,
  resumedSagaInput,
} from '../../../functions/fulfillment/domain/saga-input.ts';
import { dynamoOrderLog } from '../../../functions/orders/adapters/dynamodb-order-log.ts';
import type { Commit } from '../../../functions/orders/domain/commit.ts';
import { type Instant, systemClock } from '../../../functions/shared/kernel/time.ts';
import { order as stockOrder } from '../../contracts/stock-store-contract.ts';
import { openStock, type Stock } from '../../support/stock.ts';
import {
  cancellationAsked as cancelRequested,
  confirmation,
  declined,
  event,
  lines,
  origin,
  placement,
} from '../orders/given.ts';
import {
  backorderHeld,
  commitsOf,
  counted,
  dispatchRequested,
  elapse,
  functions,
  given,
  holdSeconds,
  lost,
  namesOf,
  openUnfinished,
  shipment,
  starts,
  stepFunctions,
  store,
  viewOf,
} from './unfinished.ts';

openUnfinished();

let stock: Stock;
beforeAll(async () => {
  stock = openStock(process.env.INVENTORY_TABLE ?? '', { client: store.client });
  for (const { sku } of lines) {
    await stock.receive({ receiptId: `receipt-${sku}`, sku, location: 'berlin', quantity: 1_000 }, systemClock());
  }
});

describe('resume-unfinished', () => {
  it('starts order-saga for a placed order while its hold still lives, with the name and input of the lost start', async () => {
    const commits = commitsOf(lost + 1);
    const orderId = await given(commits);
    await given(commitsOf(lost - 30));
    await functions.resume();
    const trigger = { orderId, sequence: 1, correlationId: origin.correlationId, traceparent: '' };
    const first = orderSagaInput({ ...trigger, occurredAt: commits[0]?.committedAt ?? '', data: placement });
    expect(starts()).toEqual([{ saga: 'order-saga', name: orderId, input: JSON.stringify(first) }]);
    expect(lost + 60).toBeLessThan(holdSeconds - 300);
  });

  it('counts from the last change: an order that has just been resumed is not started again', async () => {
    const stockCame = [[backorderHeld], [event('OrderResumed', { reason: 'stock_arrived' })]];
    const fresh = await given(commitsOf(lost - 30, ...stockCame));
    const old = commitsOf(lost + 1, ...stockCame);
    const orderId = await given(old);
    await functions.resume();
    expect(namesOf(fresh)).toEqual([]);
    const trigger = {
      orderId,
      sequence: 3,
      correlationId: origin.correlationId,
      traceparent: '',
      occurredAt: '',
      data: {},
    };
    const input = JSON.stringify(resumedSagaInput(trigger, old[0]));
    expect(starts()).toEqual([{ saga: 'order-saga', name: `${orderId}-3`, input }]);
  });

  it.each([
    { when: 'failed', decisions: [[declined]], name: 'undo' },
    { when: 'cancelled while placed', decisions: [[cancelRequested('placed')]], name: 'undo' },
    {
      when: 'cancelled while it waited for stock',
      decisions: [[backorderHeld], [event('OrderResumed', { reason: 'cancellation' }), cancelRequested('on_hold')]],
      name: 'cancel-3',
    },
    {
      when: 'cancelled after its confirmation',
      decisions: [confirmation(), [cancelRequested('confirmed')]],
      name: 'cancel-3',
    },
  ])('undoes an order that $when, and never starts it forward', async ({ decisions, name }) => {
    const orderId = await given(commitsOf(lost + 1, ...decisions));
    await functions.resume();
    expect(starts()).toMatchObject([{ saga: 'cancellation-saga', name: `${orderId}-${name}` }]);
    expect(JSON.parse(starts()[0]?.input ?? '')).toMatchObject({ orderId, correlationId: origin.correlationId });
  });

  it('starts dispatch-saga for a shipment whose dispatch was lost, with the input of its request', async () => {
    const commits = commitsOf(lost + 1, confirmation(), [dispatchRequested]);
    const orderId = await given(commits);
    await functions.resume();
    const trigger = { orderId, sequence: 3, correlationId: origin.correlationId, traceparent: '', occurredAt: '' };
    const input = JSON.stringify(dispatchSagaInput({ ...trigger, data: dispatchRequested.data as never }));
    expect(starts()).toEqual([{ saga: 'dispatch-saga', name: `${shipment.shipmentId}-3`, input }]);
  });

  it('starts one execution when several runs meet', async () => {
    const orderId = await given(commitsOf(lost + 1));
    await Promise.all([functions.resume(), functions.resume(), functions.resume()]);
    await functions.resume();
    expect(namesOf(orderId)).toEqual([orderId]);
  });

  it('takes a new name when the first execution has ended, and another one for each later time', async () => {
    const used = new Set<string>();
    stepFunctions.answer = ({ input }) => {
      const name = String(input.name);
      if (used.has(name)) return { status: 400, body: { __type: 'ExecutionAlreadyExists', message: 'exists' } };
      used.add(name);
      return undefined;
    };
    const orderId = await given(commitsOf(lost + 1));
    used.add(orderId);
    await functions.resume();
    expect([...used]).toEqual([orderId, `${orderId}-again-1`]);
    await elapse(orderId);
    await functions.resume();
    expect(used.size).toBe(3);
  });

  it('comes back to an order that does not end, after all others, and counts it', async () => {
    const stuck = await given(commitsOf(lost + 600));
    await functions.resume();
    const { dueKey } = await viewOf(stuck);
    const againMs = Date.parse(String(dueKey).split('#')[0] ?? '') - Date.now();
    expect(againMs).toBeGreaterThan(0);
    expect(againMs).toBeLessThanOrEqual(lost * 1_000);
    expect(await counted(functions.resume, 'UnfinishedOrders')).toBe(0);
    await elapse(stuck);
    expect(await counted(functions.resume, 'UnfinishedOrders')).toBe(1);
  });

  it('reaches every order, however many wait: 260 orders that wait for stock are before the lost one', async () => {
    // A few at a time: so many connections at once are not what is tested.
    const waiting = Array.from({ length: 260 }, () => commitsOf(90_000, [backorderHeld]));
    await inParallel(waiting, 10, async (commits) => void (await given(commits)));
    const orderId = await given(commitsOf(lost + 1));
    await functions.resume();
    expect(namesOf(orderId)).toEqual([orderId]);
  }, 60_000);

  it('fails when an execution could not be started, after it has started the others, and tries again later', async () => {
    const [one, other] = [await given(commitsOf(lost + 2)), await given(commitsOf(lost + 1))];
    let refusals = 1;
    stepFunctions.answer = () =>
      refusals-- > 0 ? { status: 400, body: { __type: 'StateMachineDoesNotExist', message: 'gone' } } : undefined;
    await expect(functions.resume()).rejects.toThrow('1 failed');
    expect(starts()).toHaveLength(2);
    for (const orderId of [one, other]) await elapse(orderId);
    await functions.resume();
    expect(starts()).toHaveLength(4);
  });

  it('puts an order whose log cannot be folded behind the others, and fails', async () => {
    const commits = commitsOf(lost + 1);
    const orderId = await given(commits);
    const broken = { ...(commits[0] as Commit), version: 2, events: [event('OrderCompleted', {})] };
    await dynamoOrderLog(store.client, process.env.ORDERS_TABLE ?? '').append(broken);
    await expect(functions.resume()).rejects.toThrow('1 failed');
    await functions.resume();
    expect(starts()).toEqual([]);
    expect(await viewOf(orderId)).toHaveProperty('dueKey');
  });

  it('leaves an order alone that has ended although its view is behind', async () => {
    const commits = commitsOf(lost + 1, confirmation());
    const orderId = await given(commits, commits.slice(0, 1));
    await functions.resume();
    expect(starts()).toEqual([]);
    expect(await viewOf(orderId)).not.toHaveProperty('dueKey');
  });

  it('releases the expired hold of an order that waits for a person, and of a placed one', async () => {
    const past = '2026-01-01T00:00:00.000Z' as Instant;
    const before = (await stock.levels('MUG'))?.reserved ?? 0;
    const parked = event('OrderHeld', { reason: 'compensation_failed', detail: 'ReleaseStock' });
    const orderIds = [await given(commitsOf(holdSeconds + 1, [parked])), await given(commitsOf(holdSeconds + 1))];
    for (const orderId of orderIds) await stock.reserve({ ...stockOrder({ MUG: 3 }, orderId), expiresAt: past }, past);
    await functions.resume();
    expect((await stock.levels('MUG'))?.reserved).toBe(before);
  });
});
