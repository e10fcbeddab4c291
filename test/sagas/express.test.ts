import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failures, forward } from './definitions.ts';
import { fails, loses } from './faults.ts';
import { Stage } from './stage.ts';
import type { Trial } from './trial.ts';

/** The sagas as Express state machines, which start an execution for every delivery of a message. */
let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open({ context: { sagaType: 'EXPRESS' } });
}, Stage.openingMs);
afterAll(() => stage.close());

/** Places an order whose start message is delivered twice, and waits for both runs. */
async function runTwice(trial: Trial): Promise<void> {
  await Promise.all([trial.place(), stage.redeliver(trial.orderId)]);
  const executions = await stage.ended('OrderSaga', trial.orderId, 2);
  expect(executions.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
}

describe.concurrent('the start message is delivered twice', () => {
  test.each([1, 2, 3, 4, 5, 6])('the order is confirmed once (%i)', async () => {
    const trial = await stage.trial();
    await runTwice(trial);
    expect((await trial.balanced()).order).toMatchObject({ status: 'confirmed', version: 2 });
  });

  describe('both runs book at the same time', () => {
    // The carrier delays the storing of a parcel, so that each run gets its offer before the other one has bought.
    const slow = { kind: 'slow', function: 'AnswerEasypost', operation: 'PutItem', times: 2, delayMs: 1_500 } as const;

    test.each([
      { what: '', setting: {} },
      { what: ', and the carrier loses its answers', setting: { postalCode: '00002' } },
      {
        what: ', and one does not hear of it',
        setting: { faults: [loses('BookShipment', 'TypeError', { times: 1 })] },
      },
      { what: ', and neither hears of it', setting: { faults: [loses('BookShipment', 'TypeError', { times: 2 })] } },
    ])('one label at most$what', async ({ setting }) => {
      const trial = await stage.trial(setting);
      stage.injectStoreFaults(trial.orderId, slow);
      await runTwice(trial);
      const { order, parcels } = await trial.balanced({ overlapping: true });
      expect(parcels).toHaveLength(1);
      expect(parcels).toMatchObject([{ status: order.status === 'confirmed' ? 'bought' : 'refunded' }]);
    });
  });

  test.each([
    { why: 'too little stock', setting: { stock: { BER: 1 } }, code: 'OUT_OF_STOCK' },
    { why: 'a declined card', setting: { paymentMethodId: 'pm_card_chargeDeclined' }, code: 'PAYMENT_DECLINED' },
    { why: 'a refused address', setting: { postalCode: '00000' }, code: 'ADDRESS_REFUSED' },
  ])('$why: the order is rejected once, and everything is undone', async ({ setting, code }) => {
    const trial = await stage.trial(setting);
    await runTwice(trial);
    expect((await trial.leftNothing()).order).toMatchObject({ status: 'rejected', rejection: { code } });
  });

  // One of the two runs meets the fault: either outcome is allowed, and the other run must leave nothing.
  const injectedFaults = forward.flatMap((step) => [fails, loses].map((fault) => ({ step, fault, name: fault.name })));
  test.each(injectedFaults)('and $step $name once: one of them decides', async ({ step, fault }) => {
    const trial = await stage.trial({ faults: [fault(step, 'TypeError', { times: 1 })] });
    await runTwice(trial);
    const { order } = await trial.balanced({ overlapping: true });
    expect(['confirmed', 'rejected']).toContain(order.status);
  });
});

describe.concurrent('the start message is delivered a second time later', () => {
  test('after the order was confirmed: nothing changes', async () => {
    const trial = await stage.trial();
    await trial.run();
    await stage.redeliver(trial.orderId);
    await stage.ended('OrderSaga', trial.orderId, 2);
    expect((await trial.balanced()).order).toMatchObject({ status: 'confirmed', version: 2 });
  });

  test('after it was dispatched: it is not charged or booked again', async () => {
    const trial = await stage.trial();
    await trial.run();
    await trial.dispatch();
    const { version } = await trial.order();
    await stage.redeliver(trial.orderId);
    await stage.ended('OrderSaga', trial.orderId, 2);
    const { order, stock } = await trial.balanced();
    expect(order).toMatchObject({ version, status: 'confirmed', paymentStatus: 'captured' });
    expect(stock).toMatchObject({ reserved: 0, available: 3 });
  });

  test('after it was cancelled: nothing is reserved, charged or booked again', async () => {
    const trial = await stage.trial();
    await trial.run();
    await trial.cancel();
    await stage.redeliver(trial.orderId);
    await stage.ended('OrderSaga', trial.orderId, 2);
    expect((await trial.leftNothing()).order.status).toBe('cancelled');
  });

  test.each([
    { why: 'too little stock', setting: { stock: { BER: 1 } } },
    { why: 'a declined card', setting: { paymentMethodId: 'pm_card_chargeDeclined' } },
    { why: 'a refused address', setting: { postalCode: '00000' } },
  ])('after it was rejected for $why: nothing is reserved, charged or booked again', async ({ setting }) => {
    const trial = await stage.trial(setting);
    await trial.run();
    const { version } = await trial.order();
    if (setting.stock !== undefined) await stage.shop.receive(trial.sku, 'BER', 10, `${trial.sku}-more`);
    await stage.redeliver(trial.orderId);
    await stage.ended('OrderSaga', trial.orderId, 2);
    const { order, payments, parcels } = await trial.ledger();
    expect(order).toMatchObject({ status: 'rejected', version });
    expect(payments.filter(({ status }) => status !== 'canceled')).toEqual([]);
    expect(parcels.filter(({ status }) => status === 'bought')).toEqual([]);
    expect((await trial.stock()).reserved).toBe(0);
  });
});

describe.concurrent('as an Express state machine', () => {
  test.each(forward)('a saga undoes the possible effects of %s', async (step) => {
    const trial = await stage.trial({ faults: [loses(step)] });
    await trial.run();
    if (step === 'ConfirmOrder') expect((await trial.balanced()).order.status).toBe('confirmed');
    else expect((await trial.leftNothing()).order.rejection?.code).toBe(failures[step].code);
  });

  test('an undo that fails at every attempt puts the order on hold, and a cancellation completes it', async () => {
    const trial = await stage.trial({
      faults: [fails('ConfirmOrder', 'TypeError'), fails('VoidPayment', 'TypeError', { times: 1 })],
    });
    expect(await trial.run()).toMatchObject({ status: 'FAILED', error: 'CompensationFailed' });
    await trial.cancel();
    expect((await trial.leftNothing()).order.status).toBe('cancelled');
  });

  test('a shipment whose message is delivered twice is captured once', async () => {
    const trial = await stage.trial();
    await trial.run();
    await Promise.all([trial.dispatch(), stage.redeliver(trial.orderId, 'StartDispatchSaga')]);
    await stage.ended('DispatchSaga', trial.orderId, 2);
    const { order, payments } = await trial.balanced();
    expect(order).toMatchObject({ paymentStatus: 'captured', fulfillmentStatus: 'shipped' });
    expect(payments[0]?.captures).toHaveLength(1);
  });

  test('two runs of the dispatch of one of two parcels capture at the same time: it is captured once', async () => {
    const trial = await stage.trial({ stock: { BER: 4, VIE: 3 }, quantity: 7 });
    await trial.run();
    // The gateway delays the storing of a capture, so that each run reads the payment before the other one has
    // captured.
    const slow = { kind: 'slow', function: 'AnswerStripe', operation: 'UpdateItem', times: 2, delayMs: 1_500 } as const;
    stage.injectStoreFaults(trial.orderId, slow);
    // The smaller share: the rest of the authorization would suffice for a second capture.
    await Promise.all([trial.dispatch(1, 1), stage.redeliver(trial.orderId, 'StartDispatchSaga')]);
    await stage.ended('DispatchSaga', trial.orderId, 2);
    const { order, payments } = await trial.balanced();
    expect(order).toMatchObject({ paymentStatus: 'partially_captured', fulfillmentStatus: 'partially_shipped' });
    expect(payments[0]?.captures).toHaveLength(1);
  });

  test('a cancellation whose message is delivered twice cancels once', async () => {
    const trial = await stage.trial();
    await trial.run();
    await Promise.all([trial.cancel(), stage.redeliver(trial.orderId, 'StartCancellationSaga')]);
    await stage.ended('CancellationSaga', trial.orderId, 2);
    expect((await trial.leftNothing()).order.status).toBe('cancelled');
  });
});
