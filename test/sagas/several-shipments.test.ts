import { beforeAll, describe, expect, test } from 'vitest';
import { parcelIdFrom } from '../../functions/sandbox/domain/parcel.ts';
import { bounds } from '../../functions/shared/aws/clients.ts';
import { shipmentIdFor } from '../../functions/shared/kernel/ids.ts';
import { referenceOf } from '../../functions/shipping/domain/reference.ts';
import { dataOf, shippingOf } from '../support/ledger.ts';
import { triesOf } from './definitions.ts';
import { fails, loses } from './faults.ts';
import { Stage } from './stage.ts';
import type { Trial } from './trial.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.shared();
}, Stage.openingMs);

/** Seven units that no single location has: two parcels, of four and three units. */
const split = { stock: { BER: 4, VIE: 3 }, quantity: 7 };

/** The id of the first parcel that the carrier stores for a shipment. */
function parcelOf(orderId: string, location: string): string {
  return parcelIdFrom(referenceOf({ orderId, shipmentId: shipmentIdFor(orderId, location) }));
}

async function confirmed(setting: Parameters<Stage['trial']>[0] = {}): Promise<Trial> {
  const trial = await stage.trial({ ...split, ...setting });
  await trial.run();
  const { order, parcels } = await trial.balanced();
  expect(order).toMatchObject({ status: 'confirmed', shipments: [{ location: 'BER' }, { location: 'VIE' }] });
  expect(parcels).toHaveLength(2);
  return trial;
}

test.concurrent('an order from two locations is dispatched parcel by parcel, and the captures add up to its total', async () => {
  const trial = await confirmed();
  await trial.dispatch(1, 0);
  const half = await trial.balanced();
  expect(half.order).toMatchObject({
    status: 'confirmed',
    paymentStatus: 'partially_captured',
    fulfillmentStatus: 'partially_shipped',
  });
  const [first] = dataOf(half, 'ShipmentBooked');
  expect(half.payments[0]?.capturedMinor).toBe((first?.amountMinor ?? 0) + shippingOf(half.order));
  await trial.dispatch(2, 1);
  const { order, payments, stock } = await trial.balanced();
  expect(order).toMatchObject({
    paymentStatus: 'captured',
    fulfillmentStatus: 'shipped',
    payment: { capturedMinor: order.totals.totalMinor },
  });
  expect(payments).toMatchObject([{ capturedMinor: order.totals.totalMinor, capturableMinor: 0, status: 'succeeded' }]);
  expect(payments[0]?.captures).toHaveLength(2);
  expect(stock).toMatchObject({ onHand: 0, reserved: 0 });
});

test.concurrent('both parcels are dispatched at the same time: each is captured once', async () => {
  const trial = await confirmed();
  const { shipments } = await trial.order();
  await Promise.all(shipments.map(({ shipmentId }) => stage.shop.dispatch(trial.orderId, shipmentId)));
  await stage.ended('DispatchSaga', trial.orderId, 2);
  const { order, payments } = await trial.balanced();
  expect(order).toMatchObject({ paymentStatus: 'captured', fulfillmentStatus: 'shipped' });
  expect(payments).toMatchObject([{ capturedMinor: order.totals.totalMinor }]);
});

describe.concurrent('one of two bookings', () => {
  /** Failed requests to the carrier's table. Its client sends each request `bounds.tries` times. */
  const outage = (operation: 'PutItem' | 'UpdateItem', times: number) =>
    ({ kind: 'error', function: 'AnswerEasypost', operation, times }) as const;

  test('is not offered: nothing is bought', async () => {
    const trial = await stage.trial(split);
    stage.injectStoreFaults(shipmentIdFor(trial.orderId, 'VIE'), outage('PutItem', Number.POSITIVE_INFINITY));
    await trial.run();
    const { order, parcels } = await trial.leftNothing();
    expect(order).toMatchObject({ status: 'rejected', rejection: { code: 'CARRIER_UNAVAILABLE' } });
    expect(parcels).toEqual([]);
  });

  test('cannot be bought: the other label is refunded, and nothing is left', async () => {
    const trial = await stage.trial(split);
    stage.injectStoreFaults(
      parcelOf(trial.orderId, 'VIE'),
      outage('UpdateItem', bounds.tries * triesOf('order-saga', 'BookShipment')),
    );
    await trial.run();
    const { order, parcels } = await trial.leftNothing();
    expect(order).toMatchObject({ status: 'rejected', rejection: { code: 'CARRIER_UNAVAILABLE' } });
    expect(parcels).toMatchObject([{ status: 'refunded', shipmentId: shipmentIdFor(trial.orderId, 'BER') }]);
  });

  test('fails once: both are booked, each once', async () => {
    const trial = await stage.trial(split);
    stage.injectStoreFaults(shipmentIdFor(trial.orderId, 'VIE'), outage('PutItem', bounds.tries));
    const { states } = await trial.run();
    expect(states.filter((state) => state === 'BookShipment').length).toBeGreaterThan(1);
    const { order, parcels } = await trial.balanced();
    expect(order.status).toBe('confirmed');
    expect(parcels).toHaveLength(2);
  });

  test('and the other succeed and their answers are lost: both labels are refunded', async () => {
    const trial = await stage.trial({ ...split, faults: [loses('BookShipment', 'TypeError')] });
    await trial.run();
    const { parcels } = await trial.leftNothing();
    expect(parcels.map(({ status }) => status)).toEqual(['refunded', 'refunded']);
  });
});

describe.concurrent('cancelling', () => {
  test('refunds both labels, releases the whole payment and all units', async () => {
    const trial = await confirmed();
    await trial.cancel();
    const { parcels } = await trial.leftNothing();
    expect(parcels.map(({ status }) => status)).toEqual(['refunded', 'refunded']);
  });

  test('is refused once one parcel has been dispatched', async () => {
    const trial = await confirmed();
    await trial.dispatch();
    expect((await stage.shop.cancel(trial.orderId)).status).toBe(409);
    await trial.balanced();
  });
});

describe.concurrent('a parcel whose capture failed', () => {
  test.each([
    { how: 'before it reached the gateway', fault: fails },
    { how: 'and the answer was lost, not the money', fault: loses },
  ])('$how, is dispatched after the other one: both are captured once', async ({ fault }) => {
    const trial = await confirmed();
    trial.injectFaults(fault('CapturePayment', 'TypeError', { times: 1 }));
    await trial.dispatch(1, 0);
    const held = await trial.balanced();
    expect(held.order).toMatchObject({ status: 'on_hold', hold: { reason: 'capture_failed' } });
    await trial.dispatch(2, 1);
    const half = await trial.balanced();
    expect(half.order).toMatchObject({
      status: 'on_hold',
      shipments: [{ status: 'booked' }, { status: 'dispatched' }],
    });
    await trial.dispatch(3, 0);
    const { order, payments } = await trial.balanced();
    expect(order).toMatchObject({ status: 'confirmed', paymentStatus: 'captured', fulfillmentStatus: 'shipped' });
    expect(payments).toMatchObject([{ capturedMinor: order.totals.totalMinor }]);
    expect(payments[0]?.captures).toHaveLength(2);
  });

  test('and that is dispatched again before the other one: both are captured once', async () => {
    const trial = await confirmed();
    trial.injectFaults(loses('CapturePayment', 'TypeError', { times: 1 }));
    await trial.dispatch(1, 0);
    await trial.dispatch(2, 0);
    await trial.dispatch(3, 1);
    const { order, payments } = await trial.balanced();
    expect(order).toMatchObject({ status: 'confirmed', paymentStatus: 'captured' });
    expect(payments).toMatchObject([{ capturedMinor: order.totals.totalMinor }]);
  });
});

test.concurrent("two parcels are on hold, each for its own failure, and the order's hold ends with the last of them", async () => {
  const trial = await confirmed();
  trial.injectFaults(fails('CapturePayment', 'TypeError', { times: 2 }));
  await trial.dispatch(1, 0);
  await trial.dispatch(2, 1);
  expect((await trial.balanced()).order.status).toBe('on_hold');
  await trial.dispatch(3, 0);
  expect((await trial.balanced()).order).toMatchObject({ status: 'on_hold', paymentStatus: 'partially_captured' });
  await trial.dispatch(4, 1);
  expect((await trial.balanced()).order).toMatchObject({ status: 'confirmed', paymentStatus: 'captured' });
});
