import { beforeAll, describe, expect, test } from 'vitest';
import { dataOf } from '../support/ledger.ts';
import { times, triesOf } from './definitions.ts';
import { fails, failuresForGood, loses } from './faults.ts';
import { Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.shared();
}, Stage.openingMs);

const steps = ['CancelShipment', 'VoidPayment', 'ReleaseStock', 'RecordCancellation'] as const;
const tries = (step: string) => triesOf('cancellation-saga', step);

test.concurrent('a confirmed order that is cancelled leaves nothing, and its log records what was undone', async () => {
  const trial = await stage.trial();
  await trial.run();
  expect(await trial.cancel()).toMatchObject({ status: 'SUCCEEDED', states: steps });
  const ledger = await trial.leftNothing();
  expect(ledger.order).toMatchObject({
    status: 'cancelled',
    paymentStatus: 'voided',
    fulfillmentStatus: 'unfulfilled',
    version: 4,
  });
  expect(ledger.payments).toMatchObject([{ status: 'canceled' }]);
  expect(ledger.parcels).toMatchObject([{ status: 'refunded' }]);
  expect(dataOf(ledger, 'StockReleased')).toMatchObject([{ allocations: [{ location: 'BER' }] }]);
});

describe.concurrent.each(steps)('%s', (step) => {
  const rest = steps.slice(steps.indexOf(step) + 1);

  test.each([
    { how: 'fails before it takes effect', fault: fails },
    { how: 'takes effect and its answer is lost', fault: loses },
  ])('$how, on every attempt but the last: the order is cancelled', async ({ fault }) => {
    const trial = await stage.trial();
    await trial.run();
    trial.injectFaults(fault(step, 'Sandbox.Timedout', { times: tries(step) - 1 }));
    const { states, status } = await trial.cancel();
    expect(status).toBe('SUCCEEDED');
    expect(states.slice(states.indexOf(step))).toEqual([...times(step, tries(step)), ...rest]);
    expect((await trial.leftNothing()).order.status).toBe('cancelled');
  });

  test.each(failuresForGood(tries(step)))(
    '$how: the order is on hold, and a second cancellation request completes the cancellation',
    async ({ fault, error, entered }) => {
      const trial = await stage.trial();
      await trial.run();
      trial.injectFaults(fault(step, error, { times: entered }));
      expect(await trial.cancel()).toMatchObject({ status: 'FAILED', error: 'CompensationFailed' });
      if (step === 'RecordCancellation' && fault === loses) {
        // The order is cancelled according to its log, although the answer to the saga was lost.
        expect((await trial.leftNothing()).order.status).toBe('cancelled');
        return;
      }
      const { order } = await trial.balanced();
      expect(order).toMatchObject({ status: 'on_hold', hold: { reason: 'compensation_failed' } });
      expect(await trial.cancel(2)).toMatchObject({ status: 'SUCCEEDED' });
      expect((await trial.leftNothing()).order.status).toBe('cancelled');
    },
  );

  test('an order on hold with an incomplete undo is not dispatched', async () => {
    const trial = await stage.trial();
    await trial.run();
    trial.injectFaults(fails(step));
    await trial.cancel();
    const [shipment] = (await trial.order()).shipments;
    const answer = await stage.shop.dispatch(trial.orderId, shipment?.shipmentId ?? '');
    expect(answer).toMatchObject({ status: 409, body: { code: 'SHIPMENT_NOT_DISPATCHABLE' } });
    await trial.balanced();
  });
});

describe.concurrent('a second request for cancellation', () => {
  test('at the same time has no effect', async () => {
    const trial = await stage.trial();
    await trial.run();
    const ask = () => stage.shop.cancel(trial.orderId, trial.customer);
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    await stage.ended('CancellationSaga', trial.orderId);
    const ledger = await trial.leftNothing();
    expect(dataOf(ledger, 'CancellationRequested')).toHaveLength(1);
    expect(await stage.executions('CancellationSaga', trial.orderId)).toHaveLength(1);
  });

  test('after the cancellation returns the cancelled order and has no effect', async () => {
    const trial = await stage.trial();
    await trial.run();
    await trial.cancel();
    const { version } = await trial.order();
    expect(await stage.shop.cancel(trial.orderId)).toMatchObject({
      status: 202,
      body: { status: 'cancelled', version },
    });
    expect((await trial.leftNothing()).order.version).toBe(version);
  });
});

describe.concurrent('an order in a final state', () => {
  test('a dispatched order cannot be cancelled', async () => {
    const trial = await stage.trial();
    await trial.run();
    await trial.dispatch();
    const answer = await stage.shop.cancel(trial.orderId, trial.customer);
    expect(answer).toMatchObject({ status: 409, body: { code: 'ORDER_NOT_CANCELLABLE' } });
    expect((await trial.balanced()).order.status).toBe('confirmed');
  });

  test('a rejected order cannot be cancelled', async () => {
    const trial = await stage.trial({ paymentMethodId: 'pm_card_chargeDeclined' });
    await trial.run();
    const answer = await stage.shop.cancel(trial.orderId, trial.customer);
    expect(answer).toMatchObject({ status: 409, body: { code: 'ORDER_NOT_CANCELLABLE' } });
    expect((await trial.leftNothing()).order.status).toBe('rejected');
  });

  test.each([1, 2, 3, 4, 5, 6])('of a concurrent cancellation and dispatch, one is refused (%i)', async (nth) => {
    const trial = await stage.trial();
    await trial.run();
    const [shipment] = (await trial.order()).shipments;
    const dispatch = () => stage.shop.dispatch(trial.orderId, shipment?.shipmentId ?? '');
    const cancel = () => stage.shop.cancel(trial.orderId, trial.customer);
    const asked = nth % 2 === 0 ? [dispatch(), cancel()] : [cancel(), dispatch()];
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([202, 409]);
    const cancelled = (statuses[0] === 202) === (nth % 2 === 1);
    await stage.ended(cancelled ? 'CancellationSaga' : 'DispatchSaga', trial.orderId);
    const { order, stock } = await trial.balanced();
    expect(order).toMatchObject(
      cancelled ? { status: 'cancelled' } : { status: 'confirmed', paymentStatus: 'captured' },
    );
    expect(stock.available).toBe(cancelled ? 5 : 3);
  });
});
