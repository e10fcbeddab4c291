import { beforeAll, describe, expect, test } from 'vitest';
import { dataOf } from '../support/ledger.ts';
import { times, triesOf } from './definitions.ts';
import { fails, failuresForGood, loses } from './faults.ts';
import { Stage } from './stage.ts';
import type { Trial } from './trial.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.shared();
}, Stage.openingMs);

const steps = ['CapturePayment', 'CommitStock', 'RecordDispatch'] as const;
const tries = (step: string) => triesOf('dispatch-saga', step);
const holds = {
  CapturePayment: { reason: 'capture_failed', shipment: 'booked' },
  CommitStock: { reason: 'dispatch_failed', shipment: 'dispatch_requested' },
  RecordDispatch: { reason: 'dispatch_failed', shipment: 'dispatch_requested' },
} as const;

/** Expects that the shipment was captured exactly once, its units left the stock, and the dispatch is recorded. */
async function expectDispatched(trial: Trial): Promise<void> {
  const { order, payments, stock } = await trial.balanced();
  expect(order).toMatchObject({ status: 'confirmed', paymentStatus: 'captured', fulfillmentStatus: 'shipped' });
  expect(payments).toMatchObject([{ status: 'succeeded', capturedMinor: order.totals.totalMinor, capturableMinor: 0 }]);
  expect(payments[0]?.captures).toHaveLength(1);
  expect(stock).toMatchObject({ onHand: 3, available: 3, reserved: 0, locations: [{ shipped: 2 }] });
}

test.concurrent('a dispatched shipment is captured and its stock committed', async () => {
  const trial = await stage.trial();
  await trial.run();
  expect(await trial.dispatch()).toMatchObject({ status: 'SUCCEEDED', states: steps });
  await expectDispatched(trial);
});

describe.concurrent.each(steps)('%s', (step) => {
  const rest = steps.slice(steps.indexOf(step) + 1);

  test.each([
    { how: 'fails before it takes effect', fault: fails },
    { how: 'takes effect and its answer is lost', fault: loses },
  ])('$how, on every attempt but the last: the shipment is dispatched', async ({ fault }) => {
    const trial = await stage.trial({ faults: [fault(step, 'Sandbox.Timedout', { times: tries(step) - 1 })] });
    await trial.run();
    const { states, status } = await trial.dispatch();
    expect(status).toBe('SUCCEEDED');
    expect(states.slice(states.indexOf(step))).toEqual([...times(step, tries(step)), ...rest]);
    await expectDispatched(trial);
  });

  test.each(failuresForGood(tries(step)))(
    '$how: the shipment is held, and dispatching it again completes it',
    async ({ fault, error, entered }) => {
      const trial = await stage.trial({ faults: [fault(step, error, { times: entered })] });
      await trial.run();
      const execution = await trial.dispatch();
      expect(execution).toMatchObject({ status: 'FAILED', error: 'DispatchFailed' });
      if (step === 'RecordDispatch' && fault === loses) {
        // The shipment is dispatched according to the log, although the answer to the saga was lost.
        await expectDispatched(trial);
        return;
      }
      const { order } = await trial.balanced();
      const { reason, shipment } = holds[step];
      expect(order).toMatchObject({ status: 'on_hold', hold: { reason }, shipments: [{ status: shipment }] });
      expect(order.hold?.shipmentId).toBe(order.shipments[0]?.shipmentId);
      expect(await trial.dispatch(2)).toMatchObject({ status: 'SUCCEEDED' });
      await expectDispatched(trial);
    },
  );
});

describe.concurrent('a capture that the gateway refuses', () => {
  test('puts the shipment on hold, with the reason in the log', async () => {
    const trial = await stage.trial({ paymentMethodId: 'pm_sandbox_captureFails' });
    await trial.run();
    const { states } = await trial.dispatch();
    expect(states.filter((state) => state === 'CapturePayment')).toHaveLength(1);
    const ledger = await trial.balanced();
    expect(ledger.order).toMatchObject({
      status: 'on_hold',
      hold: { reason: 'capture_failed' },
      shipments: [{ status: 'booked' }],
      payment: { capturedMinor: 0 },
    });
    expect(dataOf(ledger, 'PaymentCaptureFailed')).toMatchObject([{ code: 'PAYMENT_CAPTURE_REFUSED' }]);
    expect(ledger.stock.reserved).toBe(2);
  });

  test('lets the execution succeed, without an alarm', async () => {
    const trial = await stage.trial({ paymentMethodId: 'pm_sandbox_captureFails' });
    await trial.run();
    expect(await trial.dispatch()).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('may be requested again, and puts the shipment on hold again', async () => {
    const trial = await stage.trial({ paymentMethodId: 'pm_sandbox_captureFails' });
    await trial.run();
    await trial.dispatch();
    await trial.dispatch(2);
    const ledger = await trial.balanced();
    expect(ledger.order).toMatchObject({ status: 'on_hold', hold: { reason: 'capture_failed' } });
    expect(dataOf(ledger, 'PaymentCaptureFailed')).toHaveLength(2);
  });

  test('leaves the order cancellable, and the cancellation leaves nothing', async () => {
    const trial = await stage.trial({ paymentMethodId: 'pm_sandbox_captureFails' });
    await trial.run();
    await trial.dispatch();
    await trial.cancel();
    expect((await trial.leftNothing()).order.status).toBe('cancelled');
  });
});

describe.concurrent('a capture whose answer was lost at every attempt', () => {
  test('is refunded when the order is cancelled instead', async () => {
    const trial = await stage.trial({ faults: [loses('CapturePayment')] });
    await trial.run();
    await trial.dispatch();
    await trial.cancel();
    const { order, payments } = await trial.leftNothing();
    expect(order.status).toBe('cancelled');
    expect(payments).toMatchObject([
      { capturedMinor: order.totals.totalMinor, refundedMinor: order.totals.totalMinor },
    ]);
  });
});

describe.concurrent('a shipment that was captured and not recorded', () => {
  test.each(['CommitStock', 'RecordDispatch'])(
    'cannot be cancelled after %s failed: the parcel may be gone',
    async (step) => {
      const trial = await stage.trial({ faults: [fails(step)] });
      await trial.run();
      await trial.dispatch();
      const answer = await stage.shop.cancel(trial.orderId, trial.customer);
      expect(answer).toMatchObject({ status: 409, body: { code: 'ORDER_NOT_CANCELLABLE' } });
      expect((await trial.balanced()).order.status).toBe('on_hold');
    },
  );
});

describe.concurrent('HoldOrder, the last resort', () => {
  test.each([
    { how: 'fails before it takes effect', fault: fails },
    { how: 'takes effect and its answer is lost', fault: loses },
  ])('$how, on every attempt but the last: the order is on hold once', async ({ fault }) => {
    const faults = [fails('CapturePayment'), fault('HoldOrder', 'TransientFault', { times: tries('HoldOrder') - 1 })];
    const trial = await stage.trial({ faults });
    await trial.run();
    expect(await trial.dispatch()).toMatchObject({ status: 'FAILED', error: 'DispatchFailed' });
    expect(dataOf(await trial.balanced(), 'OrderHeld')).toHaveLength(1);
  });
});

describe.concurrent('a second request for the dispatch', () => {
  test('at the same time dispatches once', async () => {
    const trial = await stage.trial();
    await trial.run();
    const [shipment] = (await trial.order()).shipments;
    const ask = () => stage.shop.dispatch(trial.orderId, shipment?.shipmentId ?? '');
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    await stage.ended('DispatchSaga', trial.orderId);
    expect(await stage.executions('DispatchSaga', trial.orderId)).toHaveLength(1);
    await expectDispatched(trial);
  });

  test('after the dispatch has no effect', async () => {
    const trial = await stage.trial();
    await trial.run();
    await trial.dispatch();
    const { version } = await trial.order();
    await trial.dispatch();
    expect((await trial.order()).version).toBe(version);
    await expectDispatched(trial);
  });
});
