import { beforeAll, describe, expect, test } from 'vitest';
import { forward, times, triesOf, undoing, wayBack } from './definitions.ts';
import { fails, failuresForGood, loses } from './faults.ts';
import { Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.shared();
}, Stage.openingMs);

/** A saga that has a label, an authorization and a reservation to undo. */
const lastStepFails = fails('ConfirmOrder', 'TypeError');
const tries = (step: string) => triesOf('order-saga', step);

describe.concurrent.each(wayBack)('%s', (step) => {
  const through = wayBack.slice(wayBack.indexOf(step) + 1);

  test.each([
    { how: 'fails before it takes effect', fault: fails },
    { how: 'takes effect and its answer is lost', fault: loses },
  ])('$how, on every attempt but the last: everything is undone', async ({ fault }) => {
    const faults = [lastStepFails, fault(step, 'TransientFault', { times: tries(step) - 1 })];
    const trial = await stage.trial({ faults });
    const { states, status } = await trial.run();
    expect(status).toBe('SUCCEEDED');
    expect(states.slice(states.indexOf(step))).toEqual([...times(step, tries(step)), ...through]);
    expect((await trial.leftNothing()).order).toMatchObject({
      status: 'rejected',
      rejection: { code: 'CONFIRMATION_UNAVAILABLE' },
    });
  });

  test.each(failuresForGood(tries(step)))(
    '$how: the order waits for a person, and cancelling it completes the undo',
    async ({ fault, error, entered }) => {
      const trial = await stage.trial({ faults: [lastStepFails, fault(step, error, { times: entered })] });
      const execution = await trial.run();
      expect(execution).toMatchObject({ status: 'FAILED', error: 'CompensationFailed' });
      expect(execution.states.slice(execution.states.indexOf(step))).toEqual([
        ...times(step, entered),
        'HoldOrder',
        'Parked',
      ]);
      if (step === 'RejectOrder' && fault === loses) {
        // The order has ended according to its log, although the answer to the saga was lost: no action is needed.
        expect((await trial.leftNothing()).order.status).toBe('rejected');
        return;
      }
      const held = await trial.balanced();
      expect(held.order).toMatchObject({ status: 'on_hold', hold: { reason: 'compensation_failed' } });
      expect(held.order.hold?.detail).toContain(step === 'RejectOrder' ? 'The record of the undo' : step);
      // The log shows what was achieved, even when the undo step could not record it.
      expect(held.order).toMatchObject({ paymentStatus: 'authorized', shipments: [{ status: 'booked' }] });
      await trial.cancel();
      expect((await trial.leftNothing()).order.status).toBe('cancelled');
    },
  );
});

describe.concurrent('an undo that fails a second time', () => {
  test.each(undoing)('%s: the order is on hold again, and the next cancellation completes it', async (step) => {
    const faults = [
      lastStepFails,
      fails(step, 'TransientFault', { times: tries(step) + triesOf('cancellation-saga', step) }),
    ];
    const trial = await stage.trial({ faults });
    await trial.run();
    expect(await trial.cancel(1)).toMatchObject({ status: 'FAILED' });
    expect((await trial.balanced()).order).toMatchObject({
      status: 'on_hold',
      hold: { reason: 'compensation_failed' },
    });
    expect(await trial.cancel(2)).toMatchObject({ status: 'SUCCEEDED' });
    expect((await trial.leftNothing()).order.status).toBe('cancelled');
  });
});

describe.concurrent('a step acted, its answer was lost, and its undo fails', () => {
  const unheard = forward
    .slice(0, 3)
    .flatMap((step) => [
      ...undoing.map((undo) => ({ step, undo, how: 'takes no effect', fault: fails })),
      { step, undo: 'CancelShipment', how: 'takes effect and its answer is lost too', fault: loses },
    ]);
  test.each(unheard)('$step, and $undo $how: cancelling finds and undoes it', async ({ step, undo, fault }) => {
    const faults = [loses(step, 'TypeError'), fault(undo, 'TypeError', { times: 1 })];
    const trial = await stage.trial({ faults });
    expect(await trial.run()).toMatchObject({ status: 'FAILED', error: 'CompensationFailed' });
    const { order } = await trial.balanced();
    expect(order).toMatchObject({ status: 'on_hold', hold: { reason: 'compensation_failed' } });
    expect(order.hold?.detail).toContain(undo);
    await trial.cancel();
    expect((await trial.leftNothing()).order.status).toBe('cancelled');
  });
});

describe.concurrent('HoldOrder, the last resort', () => {
  const exhausted = fails('VoidPayment', 'TransientFault', { times: tries('VoidPayment') });

  test.each([
    { how: 'fails before it takes effect', fault: fails },
    { how: 'takes effect and its answer is lost', fault: loses },
  ])('$how, on every attempt but the last: the order is on hold once', async ({ fault }) => {
    const faults = [lastStepFails, exhausted, fault('HoldOrder', 'TransientFault', { times: tries('HoldOrder') - 1 })];
    const trial = await stage.trial({ faults });
    expect(await trial.run()).toMatchObject({ status: 'FAILED', error: 'CompensationFailed' });
    const { events } = await trial.balanced();
    expect(events.filter(({ type }) => type === 'OrderHeld')).toHaveLength(1);
  });

  test('fails at every attempt: the execution fails', async () => {
    const trial = await stage.trial({ faults: [lastStepFails, exhausted, fails('HoldOrder')] });
    expect(await trial.run()).toMatchObject({ status: 'FAILED', error: 'TransientFault' });
    expect((await trial.balanced()).order.status).toBe('placed');
  });
});
