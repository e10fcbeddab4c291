import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { dataOf } from '../support/ledger.ts';
import { forward } from './definitions.ts';
import { fails, loses } from './faults.ts';
import { Stage } from './stage.ts';
import type { Trial } from './trial.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.shared();
}, Stage.openingMs);

const waits = ['ReserveStock', 'AuthorizePayment', 'AwaitPayment'];
const setting = { paymentMethodId: 'pm_card_authenticationRequired', returnUrl: 'https://shop.example.com/return' };
const patienceMs = 20_000;

async function eventually(trial: Trial, status: string): Promise<void> {
  for (const start = performance.now(); performance.now() - start < patienceMs; await sleep(50)) {
    if ((await trial.order()).status === status) return;
  }
  expect((await trial.order()).status).toBe(status);
}

/** The customer's answer on the page of the bank. */
async function answer(trial: Trial, as: 'approve' | 'refuse'): Promise<void> {
  const { payments } = await trial.ledger();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const address = payments[0]?.challengeUrl ?? '';
  await fetch(address, { method: 'POST', redirect: 'manual', headers, body: `answer=${as}` });
}

describe.concurrent('an order whose customer has to confirm the payment', { timeout: 90_000 }, () => {
  test('ends its saga; another execution confirms it when the answer is reported, or undoes it', async () => {
    for (const [as, status, states] of [
      ['approve', 'confirmed', forward],
      ['refuse', 'rejected', ['ReserveStock', 'AuthorizePayment', 'VoidPayment', 'ReleaseStock', 'RejectOrder']],
    ] as const) {
      const trial = await stage.trial(setting);
      expect(await trial.run()).toMatchObject({ status: 'SUCCEEDED', states: waits });
      expect(await trial.order()).toMatchObject({ status: 'placed', paymentStatus: 'action_required', version: 2 });
      await answer(trial, as);
      await eventually(trial, status);
      expect((await stage.ended('OrderSaga', trial.orderId, 2)).at(-1)).toMatchObject({ status: 'SUCCEEDED', states });
      if (status === 'confirmed') await trial.balanced();
      else await trial.leftNothing();
    }
  });

  test.each([
    { how: 'fails once', fault: fails('AwaitPayment', 'TransientFault', { times: 1 }) },
    { how: 'is recorded and its answer is lost', fault: loses('AwaitPayment', 'TransientFault', { times: 1 }) },
  ])('waits once when the wait $how', async ({ fault }) => {
    const trial = await stage.trial({ ...setting, faults: [fault] });
    await trial.run();
    const ledger = await trial.ledger();
    expect(dataOf(ledger, 'PaymentActionRequired')).toHaveLength(1);
    await answer(trial, 'approve');
    await eventually(trial, 'confirmed');
    await trial.balanced();
  });

  test('goes on in the same run when the answer comes before the wait is on record', async () => {
    const stepwise = await Stage.shared('StartOrderSaga');
    const trial = await stepwise.trial(setting);
    await trial.place();
    const run = await trial.steppedRun();
    for (let step = 0; step < 2; step++) await run.step();
    await answer(trial, 'approve');
    await run.finish();
    const ledger = await trial.balanced();
    expect(ledger.order.status).toBe('confirmed');
    expect(dataOf(ledger, 'PaymentActionRequired')).toEqual([]);
  });

  test('is undone when the wait cannot be recorded', async () => {
    const trial = await stage.trial({ ...setting, faults: [fails('AwaitPayment', 'TypeError')] });
    await trial.run();
    expect((await trial.leftNothing()).order).toMatchObject({ status: 'rejected' });
  });

  test.each([
    { how: 'and its answer is lost', fault: loses('AuthorizePayment', 'TransientFault', { times: 1 }) },
    { how: 'and fails once', fault: fails('AuthorizePayment', 'TransientFault', { times: 1 }) },
  ])('goes on when it is authorized $how', async ({ fault }) => {
    const trial = await stage.trial(setting);
    await trial.run();
    trial.injectFaults(fault);
    await answer(trial, 'approve');
    await eventually(trial, 'confirmed');
    expect((await trial.balanced()).payments).toHaveLength(1);
  });

  test('is confirmed once when the event that ends the wait comes twice, and stays confirmed after a late report', async () => {
    const trial = await stage.trial(setting);
    await trial.run();
    await answer(trial, 'approve');
    await eventually(trial, 'confirmed');
    await stage.local.invoke('ResumeUnfinished', {});
    expect(dataOf(await trial.balanced(), 'PaymentActionEnded')).toHaveLength(1);
  });

  test('is cancelled at once while it waits, and an approval after that is released', async () => {
    const trial = await stage.trial(setting);
    await trial.run();
    await trial.cancel();
    await answer(trial, 'approve');
    expect((await trial.leftNothing()).order.status).toBe('cancelled');
  });

  test('is cancelled although it is approved at the same time', async () => {
    const trial = await stage.trial(setting);
    await trial.run();
    await Promise.all([answer(trial, 'approve'), stage.shop.cancel(trial.orderId, trial.customer)]);
    await eventually(trial, 'cancelled');
    await stage.local.settled();
    expect((await trial.ledger()).payments.filter(({ status }) => status === 'requires_capture')).toEqual([]);
    expect(await trial.stock()).toMatchObject({ reserved: 0 });
  });
});
