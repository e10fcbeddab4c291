import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { forward } from './definitions.ts';
import { Stage } from './stage.ts';
import type { Trial } from './trial.ts';

/**
 * Executions that never start or stop half-way, and the remedies of the runbook for the orders that they leave. An order is
 * made so much older that its saga counts as lost, while its stock is still held.
 */
const lostSeconds = 370;

describe.each(['STANDARD', 'EXPRESS'])('%s', (sagaType) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open({ context: { sagaType } });
  }, Stage.openingMs);
  afterAll(() => stage?.close());

  const resume = async (trial: Trial): Promise<void> => {
    await stage.age(trial.orderId, lostSeconds);
    await stage.local.invoke('ResumeUnfinished', {});
  };
  const confirmedTrial = async (): Promise<Trial> => {
    const trial = await stage.trial();
    await trial.run();
    return trial;
  };
  const shipmentOf = async (trial: Trial): Promise<string> => (await trial.order()).shipments[0]?.shipmentId ?? '';

  describe('order-saga is lost', () => {
    beforeAll(() => void stage.holdStarts('StartOrderSaga'));
    afterAll(() => void stage.holdStarts());

    test.each([0, 1, 2, 3])(
      'after %i steps: resume-unfinished has the order confirmed while it is held',
      async (steps) => {
        const trial = await stage.trial();
        await trial.place();
        const run = await trial.steppedRun();
        for (let step = 0; step < steps; step++) await run.step();
        await resume(trial);
        expect(await trial.sagaEnded()).toMatchObject({ status: 'SUCCEEDED', states: forward });
        expect((await trial.balanced()).order).toMatchObject({ status: 'confirmed', version: 2 });
      },
    );

    test.each([0, 1, 2, 3])(
      'after %i steps, and the order is cancelled: it is undone and not continued',
      async (steps) => {
        const trial = await stage.trial();
        await trial.place();
        const run = await trial.steppedRun();
        for (let step = 0; step < steps; step++) await run.step();
        expect((await stage.shop.cancel(trial.orderId)).status).toBe(202);
        await resume(trial);
        await stage.ended('CancellationSaga', trial.orderId);
        expect((await trial.leftNothing()).order.status).toBe('cancelled');
        expect(await stage.executions('OrderSaga', trial.orderId)).toEqual([]);
      },
    );

    test.each([1, 2, 3])(
      '%i undo steps after a refused address: the order is rejected with its own reason',
      async (steps) => {
        const trial = await stage.trial({ postalCode: '00000' });
        await trial.place();
        const run = await trial.steppedRun();
        for (let step = 0; step < 3 + steps; step++) await run.step();
        await resume(trial);
        await stage.ended('CancellationSaga', trial.orderId);
        const { order } = await trial.leftNothing();
        expect(order).toMatchObject({ status: 'rejected', rejection: { code: 'ADDRESS_REFUSED' } });
      },
    );
  });

  describe('dispatch-saga is lost', () => {
    const dispatchLost = async (): Promise<Trial> => {
      const trial = await confirmedTrial();
      stage.holdStarts('StartDispatchSaga');
      expect((await stage.shop.dispatch(trial.orderId, await shipmentOf(trial))).status).toBe(202);
      await stage.messageFor('StartDispatchSaga', trial.orderId);
      await stage.local.settled();
      stage.holdStarts();
      return trial;
    };
    const expectShipped = async (trial: Trial): Promise<void> => {
      const { order, payments } = await trial.balanced();
      expect(order).toMatchObject({ status: 'confirmed', paymentStatus: 'captured', fulfillmentStatus: 'shipped' });
      expect(payments[0]?.captures).toHaveLength(1);
    };

    test('resume-unfinished captures the payment and records the dispatch', async () => {
      const trial = await dispatchLost();
      await resume(trial);
      await stage.ended('DispatchSaga', trial.orderId);
      await expectShipped(trial);
    });

    test('a second request starts it again once the first is overdue, and does nothing before', async () => {
      const trial = await dispatchLost();
      const shipmentId = await shipmentOf(trial);
      const { version } = (await stage.shop.dispatch(trial.orderId, shipmentId)).body;
      await stage.age(trial.orderId, lostSeconds);
      expect((await stage.shop.dispatch(trial.orderId, shipmentId)).body.version).toBe(version + 1);
      await stage.ended('DispatchSaga', trial.orderId);
      await expectShipped(trial);
    });
  });

  describe('cancellation-saga is lost', () => {
    const cancellationLost = async (): Promise<Trial> => {
      const trial = await confirmedTrial();
      stage.holdStarts('StartCancellationSaga');
      expect((await stage.shop.cancel(trial.orderId)).status).toBe(202);
      await stage.messageFor('StartCancellationSaga', trial.orderId);
      await stage.local.settled();
      stage.holdStarts();
      return trial;
    };

    test('resume-unfinished cancels the order', async () => {
      const trial = await cancellationLost();
      await resume(trial);
      await stage.ended('CancellationSaga', trial.orderId);
      expect((await trial.leftNothing()).order.status).toBe('cancelled');
    });

    test('a second request starts it again once the first is overdue, and does nothing before', async () => {
      const trial = await cancellationLost();
      const { version } = (await stage.shop.cancel(trial.orderId)).body;
      await stage.age(trial.orderId, lostSeconds);
      expect((await stage.shop.cancel(trial.orderId)).body.version).toBe(version + 1);
      await stage.ended('CancellationSaga', trial.orderId);
      expect((await trial.leftNothing()).order.status).toBe('cancelled');
    });
  });

  describe('an overload outlasts all retries', () => {
    /** Fails a step, or loses its answer, for this order until the overload is over. */
    const overload = (trial: Trial, step: string, kind: 'fail' | 'lost'): (() => void) => {
      let isOn = true;
      stage.local.invokeFaults.add({
        ...{ kind, function: step, error: 'OverloadFault', times: Number.POSITIVE_INFINITY },
        when: ({ event }) => isOn && event.includes(trial.orderId),
      });
      return () => {
        isOn = false;
      };
    };

    test.each(forward.flatMap((step) => (['fail', 'lost'] as const).map((kind) => ({ step, kind }))))(
      '$step ($kind): nothing is undone, and the order is confirmed later',
      async ({ step, kind }) => {
        const trial = await stage.trial();
        const end = overload(trial, step, kind);
        const { status, states } = await trial.run();
        expect([status, states.at(-1)]).toEqual(['SUCCEEDED', 'Postponed']);
        end();
        if (step !== 'ConfirmOrder' || kind === 'fail') {
          expect((await trial.order()).status).toBe('placed');
          await resume(trial);
          await stage.ended('OrderSaga', trial.orderId, 2);
        }
        expect((await trial.balanced()).order).toMatchObject({ status: 'confirmed', version: 2 });
      },
    );

    test('of an undo step: the order is undone later, and not put on hold', async () => {
      const trial = await stage.trial({ postalCode: '00000' });
      const end = overload(trial, 'VoidPayment', 'fail');
      expect((await trial.run()).states.at(-1)).toBe('Postponed');
      end();
      await resume(trial);
      await stage.ended('CancellationSaga', trial.orderId);
      expect((await trial.leftNothing()).order).toMatchObject({
        status: 'rejected',
        rejection: { code: 'ADDRESS_REFUSED' },
      });
    });

    test('of a dispatch: the shipment is captured later, once', async () => {
      const trial = await confirmedTrial();
      const end = overload(trial, 'CommitStock', 'fail');
      expect((await trial.dispatch()).states.at(-1)).toBe('Postponed');
      end();
      await resume(trial);
      await stage.ended('DispatchSaga', trial.orderId, 2);
      const { order, payments } = await trial.balanced();
      expect(order).toMatchObject({ paymentStatus: 'captured', fulfillmentStatus: 'shipped' });
      expect(payments[0]?.captures).toHaveLength(1);
    });
  });
});
