import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { dataOf } from '../support/ledger.ts';
import { forward, times, triesOf, undoing, wayBack } from './definitions.ts';
import { fails, loses } from './faults.ts';
import { Stage } from './stage.ts';
import type { Trial, TrialSetting } from './trial.ts';

let stage: Stage;
let stepwise: Stage;
beforeAll(async () => {
  stage = await Stage.shared();
  stepwise = await Stage.shared('StartOrderSaga');
}, Stage.openingMs);

/** Enough for several waits in sequence while a busy machine starts all functions. */
const patienceForAll = 90_000;

const waits = ['ReserveStock', 'HoldBackorder'];
const bound = triesOf('order-saga', 'HoldBackorder');

/** An order of two units of a SKU that allows backorders and has no stock. */
async function waitingTrial(on: Stage, setting: TrialSetting = {}): Promise<Trial> {
  const trial = await on.trial({ stock: {}, ...setting });
  await on.shop.must('sam:staff', 'PUT', `/inventory/${trial.sku}/backorder`, { mode: 'backorder' });
  return trial;
}

async function receive(trial: Trial, quantity = 2): Promise<void> {
  await trial.stage.shop.receive(trial.sku, 'BER', quantity);
}

const statusOf = async (trial: Trial) => (await trial.order()).status;
const patienceMs = 20_000;

async function until<T>(read: () => Promise<T>, wanted: T): Promise<void> {
  for (const start = performance.now(); performance.now() - start < patienceMs; await sleep(50)) {
    if ((await read()) === wanted) return;
  }
  expect(await read()).toBe(wanted);
}

const eventually = (trial: Trial, status: string) => until(() => statusOf(trial), status);

/** Expects that nothing is reserved, authorized or bought for the order. */
async function hasNothing(trial: Trial): Promise<void> {
  const { payments, parcels } = await trial.ledger();
  expect([payments, parcels]).toEqual([[], []]);
  expect(await trial.stock().catch(() => ({ reserved: 0 }))).toMatchObject({ reserved: 0 });
}

describe.concurrent('an order with too little stock', { timeout: patienceForAll }, () => {
  test('ends its saga and waits; when stock arrives another execution confirms it, and it can be dispatched', async () => {
    const trial = await waitingTrial(stage);
    expect(await trial.run()).toMatchObject({ status: 'SUCCEEDED', states: waits });
    expect(await trial.order()).toMatchObject({ status: 'on_hold', version: 2, hold: { reason: 'backordered' } });
    await hasNothing(trial);
    await receive(trial);
    await eventually(trial, 'confirmed');
    const [, second] = await stage.ended('OrderSaga', trial.orderId, 2);
    expect(second).toMatchObject({ status: 'SUCCEEDED', states: forward });
    expect(await trial.order()).toMatchObject({ version: 4, paymentStatus: 'authorized' });
    await trial.dispatch();
    expect(await trial.order()).toMatchObject({ paymentStatus: 'captured', fulfillmentStatus: 'shipped' });
  });

  test('is rejected when its payment is declined after the wait, and the units set aside become available', async () => {
    const trial = await waitingTrial(stage, { paymentMethodId: 'pm_card_chargeDeclined' });
    await trial.run();
    await receive(trial);
    await eventually(trial, 'rejected');
    expect((await trial.order()).rejection).toMatchObject({ code: 'PAYMENT_DECLINED' });
    await until(async () => (await trial.stock()).available, 2);
    expect(await trial.stock()).toMatchObject({ reserved: 0, backorder: { waiting: 0, kept: 0 } });
  });

  test('is cancelled while it waits, and leaves the queue', async () => {
    const trial = await waitingTrial(stage);
    await trial.run();
    expect(await trial.cancel()).toMatchObject({
      ...{ status: 'SUCCEEDED', states: [...undoing, 'RecordCancellation'] },
    });
    expect(await statusOf(trial)).toBe('cancelled');
    await receive(trial);
    expect(await trial.stock()).toMatchObject({ available: 2, backorder: { waiting: 0 } });
    await hasNothing(trial);
  });
});

describe.concurrent('HoldBackorder', { timeout: patienceForAll }, () => {
  test.each([
    { how: 'before it takes effect', fault: fails },
    { how: 'after it took effect', fault: loses },
  ])('fails $how, on every attempt but the last: the order waits', async ({ fault }) => {
    const trial = await waitingTrial(stage);
    trial.injectFaults(fault('HoldBackorder', 'TransientFault', { times: bound - 1 }));
    expect(await trial.run()).toMatchObject({ states: ['ReserveStock', ...times('HoldBackorder', bound)] });
    expect(await trial.order()).toMatchObject({ status: 'on_hold', version: 2 });
    await receive(trial);
    await eventually(trial, 'confirmed');
  });

  test('fails before it takes effect, at every attempt: the order is rejected and not in the queue', async () => {
    const trial = await waitingTrial(stage, { faults: [fails('HoldBackorder')] });
    const { states, status } = await trial.run();
    expect({ states, status }).toEqual({
      states: ['ReserveStock', ...times('HoldBackorder', bound), ...wayBack],
      status: 'SUCCEEDED',
    });
    expect((await trial.order()).rejection).toMatchObject({ code: 'STOCK_UNAVAILABLE' });
    await receive(trial);
    expect(await trial.stock()).toMatchObject({ available: 2, backorder: { waiting: 0, kept: 0 } });
  });

  test('fails after it acted, at every attempt: the order waits, nothing is undone, and it is filled', async () => {
    const trial = await waitingTrial(stage, { faults: [loses('HoldBackorder')] });
    const { states } = await trial.run();
    expect(states).toEqual(['ReserveStock', ...times('HoldBackorder', bound), ...wayBack]);
    expect(await statusOf(trial)).toBe('on_hold');
    await receive(trial);
    await eventually(trial, 'confirmed');
  });
});

describe.concurrent('between two steps', { timeout: patienceForAll }, () => {
  test('stock arrives before the log records the wait: the order is resumed', async () => {
    const trial = await waitingTrial(stepwise);
    await trial.place();
    const run = await trial.steppedRun();
    await run.step();
    await receive(trial);
    await until(async () => (await trial.stock()).reserved, 2);
    expect(await statusOf(trial)).toBe('placed');
    while (await run.step());
    expect(run.steps).toEqual(waits);
    await eventually(trial, 'confirmed');
    const types = (await trial.ledger()).events.map(({ type }) => type);
    expect(types.slice(0, 3)).toEqual(['OrderPlaced', 'OrderHeld', 'OrderResumed']);
  });

  test('the run that joined the queue is lost before the log records the wait: another run confirms the filled order', async () => {
    const trial = await waitingTrial(stepwise);
    await trial.place();
    await (await trial.steppedRun()).step();
    await receive(trial);
    await until(async () => (await trial.stock()).reserved, 2);
    await stepwise.local.settled();
    const other = await trial.steppedRun();
    while (await other.step());
    expect(other.steps).toEqual(forward);
    expect(await trial.order()).toMatchObject({ status: 'confirmed', version: 2 });
    expect(await trial.stock()).toMatchObject({ onHand: 2, available: 0, reserved: 2 });
  });

  test('a late second run after the confirmation changes nothing', async () => {
    const trial = await waitingTrial(stepwise);
    await trial.place();
    const [run, late] = [await trial.steppedRun(), await trial.steppedRun()];
    await run.step();
    await late.step();
    while (await run.step());
    await receive(trial);
    await eventually(trial, 'confirmed');
    while (await late.step());
    expect(late.status).toBe('succeeded');
    const ledger = await trial.ledger();
    expect(ledger.order).toMatchObject({ status: 'confirmed', version: 4 });
    expect(dataOf(ledger, 'OrderHeld')).toHaveLength(1);
    expect(ledger.payments).toHaveLength(1);
  });

  test('the customer cancels before the log records the wait: the order is cancelled', async () => {
    const trial = await waitingTrial(stepwise);
    await trial.place();
    const run = await trial.steppedRun();
    await run.step();
    expect((await stepwise.shop.cancel(trial.orderId, trial.customer)).status).toBe(202);
    while (await run.step());
    expect(run.steps).toEqual([...waits, ...wayBack]);
    expect(await statusOf(trial)).toBe('cancelled');
  });
});
