import { beforeAll, describe, expect, test } from 'vitest';
import { dataOf } from '../support/ledger.ts';
import { type ForwardStep, failures, forward, times, triesOf, wayBack } from './definitions.ts';
import { fails, loses } from './faults.ts';
import { Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.shared();
}, Stage.openingMs);

const stepsBefore = (step: ForwardStep) => forward.slice(0, forward.indexOf(step));
const stepsAfter = (step: ForwardStep) => forward.slice(forward.indexOf(step) + 1);
const bound = (step: ForwardStep) => triesOf('order-saga', step);

/** The error that a step throws itself, and Lambda's error for a timeout. */
const passing = ['TransientFault', 'Sandbox.Timedout'];
/** The name of a bug, which no retry lists. */
const crash = 'TypeError';

test.concurrent('an order without faults is confirmed with one authorization, one label and its stock reserved', async () => {
  const trial = await stage.trial();
  const execution = await trial.run();
  expect(execution).toMatchObject({ status: 'SUCCEEDED', states: forward });
  const { order, payments, parcels, stock } = await trial.balanced();
  expect(order).toMatchObject({
    status: 'confirmed',
    version: 2,
    paymentStatus: 'authorized',
    fulfillmentStatus: 'booked',
  });
  expect(payments).toMatchObject([{ status: 'requires_capture', capturableMinor: order.totals.totalMinor }]);
  expect(parcels).toMatchObject([{ status: 'bought' }]);
  expect(stock).toMatchObject({ reserved: 2, available: 3 });
});

describe.concurrent('a refusal rejects the order without retries and leaves nothing', () => {
  const refusals = [
    { why: 'too little stock', setting: { stock: { BER: 1 } }, step: 'ReserveStock', code: 'OUT_OF_STOCK' },
    {
      why: 'a declined card',
      setting: { paymentMethodId: 'pm_card_chargeDeclined' },
      step: 'AuthorizePayment',
      code: 'PAYMENT_DECLINED',
    },
    {
      why: 'an unknown payment method',
      setting: { paymentMethodId: 'pm_of_nobody' },
      step: 'AuthorizePayment',
      code: 'PAYMENT_DECLINED',
    },
    {
      why: 'an address the carrier refuses',
      setting: { postalCode: '00000' },
      step: 'BookShipment',
      code: 'ADDRESS_REFUSED',
    },
  ] as const;
  test.each(refusals)('$why', async ({ setting, step, code }) => {
    const trial = await stage.trial(setting);
    const { states, status } = await trial.run();
    expect({ states, status }).toEqual({
      states: [...stepsBefore(step), step, ...wayBack.slice(wayBack.indexOf(failures[step].own))],
      status: 'SUCCEEDED',
    });
    const ledger = await trial.leftNothing();
    expect(ledger.order).toMatchObject({ status: 'rejected', version: 3, rejection: { code } });
    expect(ledger.order.rejection?.detail).not.toBe('');
    expect(ledger.events.map(({ type }) => type)).toContain(failures[step].event);
  });
});

describe.concurrent('a fault of a gateway', () => {
  test('a payment gateway that is down rejects the order', async () => {
    const trial = await stage.trial({ paymentMethodId: 'pm_sandbox_error' });
    const { states } = await trial.run();
    expect(states).toEqual(['ReserveStock', ...times('AuthorizePayment', bound('AuthorizePayment')), ...wayBack]);
    const { order, payments } = await trial.leftNothing();
    expect(order.rejection?.code).toBe('PAYMENT_UNAVAILABLE');
    expect(payments).toEqual([]);
  });

  test('an order is confirmed when the payment gateway answers at the third attempt', async () => {
    const trial = await stage.trial({ paymentMethodId: 'pm_sandbox_flaky' });
    const { states } = await trial.run();
    expect(states).toEqual(['ReserveStock', ...times('AuthorizePayment', 3), 'BookShipment', 'ConfirmOrder']);
    expect((await trial.balanced()).order.status).toBe('confirmed');
  });

  test('a payment gateway that authorizes and loses the answer has authorized once', async () => {
    const trial = await stage.trial({ paymentMethodId: 'pm_sandbox_lostAck' });
    await trial.run();
    const { order, payments } = await trial.balanced();
    expect(order.status).toBe('confirmed');
    expect(payments).toHaveLength(1);
  });

  test('a carrier that is down rejects the order', async () => {
    const trial = await stage.trial({ postalCode: '00001' });
    await trial.run();
    const { order, payments, parcels } = await trial.leftNothing();
    expect(order.rejection?.code).toBe('CARRIER_UNAVAILABLE');
    expect(payments).toMatchObject([{ status: 'canceled' }]);
    expect(parcels).toEqual([]);
  });

  test('a carrier that books and loses the answer has booked once', async () => {
    const trial = await stage.trial({ postalCode: '00002' });
    await trial.run();
    const { order, parcels } = await trial.balanced();
    expect(order.status).toBe('confirmed');
    expect(parcels).toHaveLength(1);
  });
});

describe.concurrent.each(forward)('%s', (step) => {
  const { code, event } = failures[step];
  const tries = bound(step);

  test.each(
    passing.flatMap((error) => [
      { how: 'before it takes effect', fault: fails, error },
      { how: 'after it took effect', fault: loses, error },
    ]),
  )('$error $how, on every attempt but the last: the order is confirmed', async ({ fault, error }) => {
    const trial = await stage.trial({ faults: [fault(step, error, { times: tries - 1 })] });
    const { states, status } = await trial.run();
    expect({ states, status }).toEqual({
      states: [...stepsBefore(step), ...times(step, tries), ...stepsAfter(step)],
      status: 'SUCCEEDED',
    });
    expect((await trial.balanced()).order).toMatchObject({ status: 'confirmed', version: 2 });
  });

  const faults = [
    { error: 'TransientFault', entered: tries },
    { error: crash, entered: 1 },
  ];
  test.each(faults)(
    '$error before it acts, at every attempt: the order is rejected and nothing is left',
    async ({ error, entered }) => {
      const trial = await stage.trial({ faults: [fails(step, error)] });
      const { states, status } = await trial.run();
      expect({ states, status }).toEqual({
        states: [...stepsBefore(step), ...times(step, entered), ...wayBack],
        status: 'SUCCEEDED',
      });
      const ledger = await trial.leftNothing();
      expect(ledger.order).toMatchObject({ status: 'rejected', version: 3, rejection: { code } });
      expect(ledger.events.map(({ type }) => type)).toContain(event);
    },
  );

  test.each(faults)('$error after it acted, at every attempt: its effect is undone', async ({ error, entered }) => {
    const trial = await stage.trial({ faults: [loses(step, error)] });
    const { states, status } = await trial.run();
    expect({ states, status }).toEqual({
      states: [...stepsBefore(step), ...times(step, entered), ...wayBack],
      status: 'SUCCEEDED',
    });
    if (step === 'ConfirmOrder') {
      // The order is confirmed according to its log, although the answer to the saga was lost: nothing is undone.
      expect((await trial.balanced()).order).toMatchObject({ status: 'confirmed', version: 2 });
      return;
    }
    const ledger = await trial.leftNothing();
    expect(ledger.order).toMatchObject({ status: 'rejected', version: 3, rejection: { code } });
    expect(dataOf(ledger, 'PaymentVoided')).toHaveLength(step === 'ReserveStock' ? 0 : 1);
    expect(dataOf(ledger, 'ShipmentCancelled')).toHaveLength(step === 'BookShipment' ? 1 : 0);
    expect(dataOf(ledger, 'StockReleased')).toHaveLength(1);
  });
});
