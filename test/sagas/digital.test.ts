import { beforeAll, describe, expect, test } from 'vitest';
import { dataOf } from '../support/ledger.ts';
import { fails, loses } from './faults.ts';
import { Stage } from './stage.ts';
import type { Trial } from './trial.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.shared();
}, Stage.openingMs);

/** Expects that the order is delivered and paid for once, and that the stock of its product is as it was received. */
async function expectDelivered(trial: Trial): Promise<void> {
  const { order, payments, parcels, stock, ...ledger } = await trial.balanced();
  expect(order).toMatchObject({ status: 'completed', paymentStatus: 'captured', fulfillmentStatus: 'delivered' });
  expect(payments.map(({ capturedMinor, refundedMinor }) => capturedMinor - refundedMinor)).toEqual([
    order.totals.totalMinor,
  ]);
  expect(parcels).toEqual([]);
  expect(stock).toMatchObject({ reserved: 0, available: 5 });
  expect(dataOf(ledger, 'StockReserved')).toEqual([]);
}

const forward = ['ReserveStock', 'AuthorizePayment', 'BookShipment', 'ConfirmOrder'] as const;
const delivery = ['CapturePayment', 'CommitStock', 'RecordDispatch'] as const;

describe.concurrent('an order of digital products alone', { timeout: 90_000 }, () => {
  test.each([...forward, ...delivery])('is delivered once when the answer of %s is lost', async (step) => {
    const trial = await stage.trial({ digital: true, faults: [loses(step, 'TransientFault', { times: 1 })] });
    await trial.run();
    await stage.ended('DispatchSaga', trial.orderId);
    await expectDelivered(trial);
  });

  test('is delivered once when its events are delivered twice', async () => {
    const trial = await stage.trial({ digital: true });
    await trial.run();
    await stage.ended('DispatchSaga', trial.orderId);
    await Promise.all([
      stage.redeliver(trial.orderId, 'StartDispatchSaga'),
      stage.redeliver(trial.orderId, 'StartOrderSaga'),
    ]);
    await stage.ended('DispatchSaga', trial.orderId);
    await expectDelivered(trial);
  });

  test('leaves nothing when its confirmation fails for good', async () => {
    const trial = await stage.trial({ digital: true, faults: [fails('ConfirmOrder', 'TypeError', { times: 1 })] });
    await trial.run();
    const { order, parcels } = await trial.leftNothing();
    expect(order).toMatchObject({ status: 'rejected', shipments: [] });
    expect(parcels).toEqual([]);
  });

  test('is confirmed when only the answer of the confirmation is lost, for good', async () => {
    const trial = await stage.trial({ digital: true, faults: [loses('ConfirmOrder', 'TypeError', { times: 1 })] });
    await trial.run();
    await stage.ended('DispatchSaga', trial.orderId);
    await expectDelivered(trial);
  });

  test.each(delivery)(
    'is delivered, if need be by a further request, when the answer of %s is lost for good',
    async (step) => {
      const trial = await stage.trial({ digital: true, faults: [loses(step, 'TypeError', { times: 1 })] });
      await trial.run();
      await stage.ended('DispatchSaga', trial.orderId);
      // The log has the dispatch if only the answer of its record was lost.
      if (step !== 'RecordDispatch') {
        expect((await trial.order()).status).toBe('on_hold');
        expect(await trial.dispatch(2)).toMatchObject({ status: 'SUCCEEDED' });
      }
      await expectDelivered(trial);
    },
  );

  test('is cancelled, and leaves nothing, when its payment cannot be captured', async () => {
    const trial = await stage.trial({ digital: true, paymentMethodId: 'pm_sandbox_captureFails' });
    await trial.run();
    await stage.ended('DispatchSaga', trial.orderId);
    expect(await trial.order()).toMatchObject({ status: 'on_hold', hold: { reason: 'capture_failed' } });
    expect(await trial.cancel()).toMatchObject({ status: 'SUCCEEDED' });
    const { order } = await trial.leftNothing();
    expect(order).toMatchObject({ status: 'cancelled', shipments: [{ carrier: 'digital', status: 'cancelled' }] });
  });
});

describe('an order of digital products alone whose saga is held', () => {
  let held: Stage;
  beforeAll(async () => {
    held = await Stage.shared('StartOrderSaga');
  }, Stage.openingMs);

  test.each([1, 2, 3])('is cancelled when that is requested after %i steps', async (steps) => {
    const trial = await held.trial({ digital: true });
    await trial.place();
    const run = await trial.steppedRun();
    for (let step = 0; step < steps; step++) await run.step();
    expect((await held.shop.cancel(trial.orderId, trial.customer)).status).toBe(202);
    await run.finish();
    expect((await trial.leftNothing()).order.status).toBe('cancelled');
  });

  test('is undone by its first run, and a second run that comes later leaves nothing', async () => {
    const trial = await held.trial({ digital: true });
    await trial.place();
    const first = await trial.steppedRun({ ConfirmOrder: 'fails' });
    await first.finish();
    expect((await trial.leftNothing()).order.status).toBe('rejected');
    await (await trial.steppedRun()).finish();
    expect((await trial.leftNothing()).order.status).toBe('rejected');
  });

  test.each([1, 2, 3])('is confirmed and delivered once by two runs at the same time (%i)', async () => {
    const trial = await held.trial({ digital: true });
    await trial.place();
    const runs = [await trial.steppedRun(), await trial.steppedRun()];
    await Promise.all(runs.map((run) => run.finish()));
    await held.ended('DispatchSaga', trial.orderId);
    await expectDelivered(trial);
    expect(dataOf(await trial.ledger(), 'DispatchRequested')).toHaveLength(1);
  });
});

test('the delivery of digital products whose saga is lost is continued', async () => {
  const lost = await Stage.shared('StartDispatchSaga');
  const trial = await lost.trial({ digital: true });
  await trial.run();
  expect(await trial.order()).toMatchObject({ status: 'confirmed', shipments: [{ status: 'dispatch_requested' }] });
  await lost.age(trial.orderId, 370);
  await lost.local.invoke('ResumeUnfinished', {});
  await lost.ended('DispatchSaga', trial.orderId);
  await expectDelivered(trial);
}, 90_000);
