import { beforeAll, describe, expect, test } from 'vitest';
import { parcelIdFrom } from '../../functions/sandbox/domain/parcel.ts';
import { bounds } from '../../functions/shared/aws/clients.ts';
import { shipmentIdFor } from '../../functions/shared/kernel/ids.ts';
import { referenceOf } from '../../functions/shipping/domain/reference.ts';
import { fails } from './faults.ts';
import { Stage } from './stage.ts';
import type { Trial } from './trial.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.shared();
}, Stage.openingMs);

/** Courses of an order, each to the end that it has without faults. */
const stories = {
  confirmed: (trial: Trial) => trial.run(),
  rejected: async (trial: Trial) => {
    trial.injectFaults(fails('ConfirmOrder', 'TypeError'));
    await trial.run();
  },
  dispatched: async (trial: Trial) => {
    await trial.run();
    await trial.dispatch();
  },
  cancelled: async (trial: Trial) => {
    await trial.run();
    await trial.cancel();
  },
};
const ends = {
  confirmed: { status: 'confirmed', paymentStatus: 'authorized', fulfillmentStatus: 'booked' },
  rejected: { status: 'rejected', rejection: { code: 'CONFIRMATION_UNAVAILABLE' } },
  dispatched: { status: 'confirmed', paymentStatus: 'captured', fulfillmentStatus: 'shipped' },
  cancelled: { status: 'cancelled', paymentStatus: 'voided' },
};

/** The parcel's id, which the carrier's requests to its table contain. */
const parcelOf = (orderId: string) => {
  const shipmentId = shipmentIdFor(orderId, 'BER');
  return parcelIdFrom(referenceOf({ orderId, shipmentId }));
};
const itself = (orderId: string) => orderId;

/** Every write during an order: its function, the id that the request contains, and the course in which it occurs. */
const writes = [
  { by: 'PlaceOrder', operation: 'PutItem', story: 'confirmed', names: itself },
  { by: 'ReserveStock', operation: 'TransactWriteItems', story: 'confirmed', names: itself },
  { by: 'AnswerStripe', operation: 'PutItem', story: 'confirmed', names: itself },
  { by: 'AnswerEasypost', operation: 'PutItem', story: 'confirmed', names: itself },
  { by: 'BookShipment', operation: 'UpdateItem', story: 'confirmed', names: itself },
  { by: 'AnswerEasypost', operation: 'UpdateItem', story: 'confirmed', names: parcelOf },
  { by: 'ConfirmOrder', operation: 'UpdateItem', story: 'confirmed', names: itself },
  { by: 'ConfirmOrder', operation: 'PutItem', story: 'confirmed', names: itself },
  { by: 'CancelShipment', operation: 'PutItem', story: 'rejected', names: itself },
  { by: 'CancelShipment', operation: 'UpdateItem', story: 'rejected', names: itself },
  { by: 'AnswerEasypost', operation: 'UpdateItem', story: 'rejected', names: parcelOf },
  { by: 'ReleaseStock', operation: 'PutItem', story: 'rejected', names: itself },
  { by: 'ReleaseStock', operation: 'TransactWriteItems', story: 'rejected', names: itself },
  { by: 'RejectOrder', operation: 'PutItem', story: 'rejected', names: itself },
  { by: 'RequestDispatch', operation: 'PutItem', story: 'dispatched', names: itself },
  { by: 'AnswerStripe', operation: 'UpdateItem', story: 'dispatched', names: itself },
  { by: 'CommitStock', operation: 'TransactWriteItems', story: 'dispatched', names: itself },
  { by: 'RecordDispatch', operation: 'PutItem', story: 'dispatched', names: itself },
  { by: 'CancelOrder', operation: 'PutItem', story: 'cancelled', names: itself },
  { by: 'RecordCancellation', operation: 'PutItem', story: 'cancelled', names: itself },
] as const;

/**
 * A lost answer is tested for every write, because each must recognize its own earlier write; a failed request, once
 * for each kind.
 */
const once = [
  ...writes.map((write) => ({ ...write, kind: 'lost' as const })),
  ...writes
    .filter(({ operation }) => operation === 'TransactWriteItems')
    .map((write) => ({ ...write, kind: 'conflict' as const })),
  ...writes
    .filter(({ by }) => by === 'ReserveStock' || by === 'ConfirmOrder')
    .map((write) => ({ ...write, kind: 'throttle' as const })),
];

describe.concurrent('a transient fault of the store', () => {
  test.each(once)('$kind: $operation by $by, on the way to $story', async ({ by, operation, kind, story, names }) => {
    const trial = await stage.trial();
    const fault = stage.injectStoreFaults(names(trial.orderId), { kind, function: by, operation });
    await stories[story](trial);
    expect(fault.calls()).toBeGreaterThan(0);
    expect((await trial.balanced()).order).toMatchObject(ends[story]);
  });
});

describe.concurrent('a write that always succeeds and whose answer is always lost', () => {
  const always = [
    { by: 'AnswerStripe', operation: 'PutItem', code: 'PAYMENT_UNAVAILABLE' },
    { by: 'AnswerEasypost', operation: 'PutItem', code: 'CARRIER_UNAVAILABLE' },
    { by: 'BookShipment', operation: 'UpdateItem', code: 'CARRIER_UNAVAILABLE' },
  ] as const;
  test.each(always)('$operation by $by: it is undone', async ({ by, operation, code }) => {
    const trial = await stage.trial();
    const times = Number.POSITIVE_INFINITY;
    stage.injectStoreFaults(trial.orderId, { kind: 'lost', function: by, operation, times });
    await trial.run();
    expect((await trial.leftNothing()).order).toMatchObject({ status: 'rejected', rejection: { code } });
  });

  test.each([
    { by: 'ConfirmOrder', operation: 'PutItem', story: 'confirmed' },
    { by: 'CancelShipment', operation: 'PutItem', story: 'rejected' },
    { by: 'RejectOrder', operation: 'PutItem', story: 'rejected' },
    { by: 'RecordDispatch', operation: 'PutItem', story: 'dispatched' },
    { by: 'RecordCancellation', operation: 'PutItem', story: 'cancelled' },
  ] as const)(
    '$operation by $by: the next read finds it, and the order is $story',
    async ({ by, operation, story }) => {
      const trial = await stage.trial();
      const times = Number.POSITIVE_INFINITY;
      stage.injectStoreFaults(trial.orderId, { kind: 'lost', function: by, operation, times });
      await stories[story](trial);
      expect((await trial.balanced()).order).toMatchObject(ends[story]);
    },
  );

  test('and a purchase with an unknown outcome at the carrier: the saga repeats it, and it is bought once', async () => {
    const trial = await stage.trial();
    // The number of attempts of the carrier's client of its table.
    const times = bounds.tries;
    stage.injectStoreFaults(parcelOf(trial.orderId), {
      kind: 'lost',
      function: 'AnswerEasypost',
      operation: 'UpdateItem',
      times,
    });
    const { states } = await trial.run();
    expect(states.filter((state) => state === 'BookShipment').length).toBeGreaterThan(1);
    const { order, parcels } = await trial.balanced();
    expect(order.status).toBe('confirmed');
    expect(parcels).toHaveLength(1);
  });
});
