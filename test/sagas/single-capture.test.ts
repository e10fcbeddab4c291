import { beforeAll, describe, expect, test } from 'vitest';
import { dataOf, type Ledger, shippingOf } from '../support/ledger.ts';
import { fails, loses } from './faults.ts';
import { Stage } from './stage.ts';
import type { Trial, TrialSetting } from './trial.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.shared();
}, Stage.openingMs);

const single = 'pm_sandbox_singleCapture';
const two = { stock: { BER: 4, VIE: 3 }, quantity: 7 };
const three = { stock: { BER: 4, VIE: 3, HAM: 2 }, quantity: 9 };

async function confirmed(setting: TrialSetting): Promise<Trial> {
  const trial = await stage.trial({ paymentMethodId: single, savePaymentMethod: true, ...setting });
  await trial.run();
  expect((await trial.balanced()).order.status).toBe('confirmed');
  return trial;
}

const ascending = (a: number, b: number) => a - b;

/** Expects that the order is paid for by one capture of each payment, each of what was still to be captured. */
function expectPaidInParts({ order, payments, ...ledger }: Ledger, parts: number): void {
  expect(order).toMatchObject({ status: 'confirmed', paymentStatus: 'captured', fulfillmentStatus: 'shipped' });
  expect(order.payment).toMatchObject({ capturedMinor: order.totals.totalMinor, refundedMinor: 0 });
  expect(payments).toHaveLength(parts);
  expect(payments.map(({ captures }) => captures.length)).toEqual(payments.map(() => 1));
  const booked = dataOf({ ...ledger }, 'ShipmentBooked').map(({ amountMinor }) => amountMinor);
  const taken = payments.map(({ capturedMinor }) => capturedMinor);
  // One of them, the first that left, has taken the charge for shipping as well.
  const ways = booked.map((_, first) =>
    booked.map((amount, index) => (index === first ? amount + shippingOf(order) : amount)).toSorted(ascending),
  );
  expect(ways).toContainEqual(taken.toSorted(ascending));
  expect(
    order.payments.map(
      ({ authorizedMinor, capturedMinor, releasedMinor }) => authorizedMinor - capturedMinor - releasedMinor,
    ),
  ).toEqual(payments.map(() => 0));
}

describe.concurrent('a payment that can be captured once', { timeout: 90_000 }, () => {
  test('pays for two parcels: the rest is authorized anew with the first one, for exactly the rest', async () => {
    const trial = await confirmed(two);
    await trial.dispatch(1, 0);
    const half = await trial.balanced();
    expect(half.order).toMatchObject({ status: 'confirmed', paymentStatus: 'partially_captured' });
    const [first, second] = half.order.payments;
    const [parcel = 0, rest] = dataOf(half, 'ShipmentBooked').map(({ amountMinor }) => amountMinor);
    const taken = parcel + shippingOf(half.order);
    expect(first).toMatchObject({ purpose: 'order', capturedMinor: taken, releasedMinor: rest });
    expect(second).toMatchObject({ purpose: 'renewal', authorizedMinor: rest, capturedMinor: 0, releasedMinor: 0 });
    await trial.dispatch(2, 1);
    expectPaidInParts(await trial.balanced(), 2);
  });

  test('pays for three parcels, one after the other', async () => {
    const trial = await confirmed(three);
    for (const index of [0, 1, 2]) await trial.dispatch(index + 1, index);
    expectPaidInParts(await trial.balanced(), 3);
  });

  test('pays for three parcels that are dispatched at the same time', async () => {
    const trial = await confirmed(three);
    const { shipments } = await trial.order();
    await Promise.all(shipments.map(({ shipmentId }) => stage.shop.dispatch(trial.orderId, shipmentId)));
    await stage.ended('DispatchSaga', trial.orderId, 3);
    expectPaidInParts(await trial.balanced(), 3);
  });

  test.each([
    { how: 'its answer is lost', fault: loses('CapturePayment', 'TransientFault', { times: 1 }) },
    { how: 'it fails once', fault: fails('CapturePayment', 'TransientFault', { times: 1 }) },
    { how: 'the answer of RecordDispatch is lost', fault: loses('RecordDispatch', 'TransientFault', { times: 1 }) },
    { how: 'the answer of CommitStock is lost', fault: loses('CommitStock', 'TransientFault', { times: 1 }) },
  ])('is captured and renewed once for each parcel when $how', async ({ fault }) => {
    const trial = await confirmed({ ...two, faults: [fault] });
    await trial.dispatch(1, 0);
    await trial.dispatch(2, 1);
    expectPaidInParts(await trial.balanced(), 2);
  });

  test('is captured and renewed once when the run is lost after the capture, and the dispatch is requested again', async () => {
    const trial = await confirmed(two);
    trial.injectFaults(loses('CapturePayment', 'TypeError', { times: 1 }));
    await trial.dispatch(1, 0);
    expect((await trial.order()).hold).toMatchObject({ reason: 'capture_failed' });
    await trial.dispatch(2, 0);
    await trial.dispatch(3, 1);
    expectPaidInParts(await trial.balanced(), 2);
  });

  test('is undone with its renewal when the order is cancelled between two parcels', async () => {
    const trial = await confirmed(two);
    trial.injectFaults(loses('CapturePayment', 'TypeError', { times: 1 }));
    await trial.dispatch(1, 0);
    expect((await trial.ledger()).payments).toHaveLength(2);
    await trial.cancel();
    const { order, payments } = await trial.leftNothing();
    expect(order).toMatchObject({ status: 'cancelled' });
    expect(payments.map(({ capturedMinor, refundedMinor }) => capturedMinor - refundedMinor)).toEqual([0, 0]);
  });

  test.each([
    { how: 'was not saved', setting: { savePaymentMethod: false }, why: 'was not saved' },
    {
      how: 'wants its customer, who is not there',
      setting: { paymentMethodId: 'pm_sandbox_singleCaptureAsksOffSession' },
      why: 'the bank wants the customer to confirm it',
    },
  ])('that $how: the first parcel is dispatched, and the rest waits for a person', async ({ setting, why }) => {
    const trial = await confirmed({ ...two, ...setting });
    expect(await trial.dispatch(1, 0)).toMatchObject({ status: 'SUCCEEDED' });
    const held = await trial.balanced();
    expect(held.order).toMatchObject({
      ...{ status: 'on_hold', hold: { reason: 'authorization_expired', detail: expect.stringContaining(why) } },
      ...{ paymentStatus: 'partially_captured', shipments: [{ status: 'dispatched' }, { status: 'booked' }] },
    });
    expect(held.payments).toHaveLength(1);
    expect(await trial.dispatch(2, 1)).toMatchObject({
      status: 'SUCCEEDED',
      states: ['CapturePayment', 'HoldOrder', 'WasRefused', 'Held'],
    });
    const again = await trial.balanced();
    expect(again.order).toMatchObject({ status: 'on_hold', hold: { reason: 'authorization_expired' } });
    expect(dataOf(again, 'AuthorizationRenewalRefused')).toHaveLength(2);
    expect((await stage.shop.cancel(trial.orderId)).status).toBe(409);
  });
});

describe.concurrent('an authorization that has expired', { timeout: 90_000 }, () => {
  test('is renewed by the dispatch, and the parcel is paid for by one capture of the second payment', async () => {
    const trial = await confirmed({ paymentMethodId: 'pm_sandbox_expires' });
    expect(await trial.dispatch()).toMatchObject({ status: 'SUCCEEDED' });
    const { order, payments } = await trial.balanced();
    const total = order.totals.totalMinor;
    expect(order).toMatchObject({ status: 'confirmed', paymentStatus: 'captured', fulfillmentStatus: 'shipped' });
    expect(order.payments).toMatchObject([
      { purpose: 'order', capturedMinor: 0, releasedMinor: total },
      { purpose: 'renewal', capturedMinor: total, releasedMinor: 0 },
    ]);
    // The gateway lists its payments in no particular order.
    expect(payments.map(({ capturedMinor }) => capturedMinor).toSorted(ascending)).toEqual([0, total]);
  });

  test('and cannot be renewed: the parcel waits for a person and is not dispatched', async () => {
    const trial = await confirmed({ paymentMethodId: 'pm_sandbox_expires', savePaymentMethod: false });
    await trial.dispatch();
    const { order } = await trial.ledger();
    expect(order).toMatchObject({
      ...{ status: 'on_hold', hold: { reason: 'authorization_expired' }, payment: { capturedMinor: 0 } },
      shipments: [{ status: 'booked' }],
    });
    await trial.cancel();
    expect((await trial.leftNothing()).order.status).toBe('cancelled');
  });
});
