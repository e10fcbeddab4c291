import { beforeAll, describe, expect, test } from 'vitest';
import { triesOf } from './definitions.ts';
import { loses } from './faults.ts';
import { Stage } from './stage.ts';

/**
 * The sandbox gateways run behind an API whose function fails or is throttled. API Gateway then answers 500 or 503 with
 * `{"message":"…"}`, which is neither an answer of the provider nor one of its errors.
 */
let stage: Stage;
beforeAll(async () => {
  stage = await Stage.shared();
}, Stage.openingMs);

const answers = [
  { how: 'never reach the gateway', kind: 'fail', error: 'Error' },
  { how: 'are throttled', kind: 'fail', error: 'TooManyRequestsException' },
  { how: 'take effect and are answered by the proxy', kind: 'lost', error: 'Error' },
] as const;

/** Makes requests to the payment gateway with this text fail; each is about one order. */
function interfere(text: string, { kind, error }: (typeof answers)[number], times: number): void {
  const when = ({ event }: { readonly event: string }) => event.includes(text);
  stage.local.invokeFaults.add({ kind, error, function: 'AnswerStripe', times, when });
}

describe.each(answers)('requests that $how', (answer) => {
  test('authorize nothing that the order does not know: it is rejected, not declined', async () => {
    const trial = await stage.trial();
    interfere(`${trial.orderId}:authorize`, answer, Number.POSITIVE_INFINITY);
    await trial.run();
    const { order } = await trial.leftNothing();
    expect(order).toMatchObject({ status: 'rejected', rejection: { code: 'PAYMENT_UNAVAILABLE' } });
  });

  test('are repeated: the order is confirmed with one authorization', async () => {
    const trial = await stage.trial();
    interfere(`${trial.orderId}:authorize`, answer, triesOf('order-saga', 'AuthorizePayment') - 1);
    await trial.run();
    const { order, payments } = await trial.balanced();
    expect(order).toMatchObject({ status: 'confirmed', paymentStatus: 'authorized' });
    expect(payments).toHaveLength(1);
  });

  test('do not dispatch a shipment as captured: it is held, and captured once when it is dispatched again', async () => {
    const trial = await stage.trial();
    await trial.run();
    interfere(`${trial.orderId}:capture`, answer, triesOf('dispatch-saga', 'CapturePayment'));
    expect(await trial.dispatch()).toMatchObject({ status: 'FAILED', error: 'DispatchFailed' });
    expect(await trial.order()).toMatchObject({
      ...{ status: 'on_hold', paymentStatus: 'authorized', fulfillmentStatus: 'booked' },
      ...{ hold: { reason: 'capture_failed' }, payment: { capturedMinor: 0 } },
    });
    expect(await trial.dispatch(2)).toMatchObject({ status: 'SUCCEEDED' });
    const { order, payments } = await trial.balanced();
    expect(order).toMatchObject({ paymentStatus: 'captured', fulfillmentStatus: 'shipped' });
    expect(payments).toMatchObject([{ capturedMinor: order.totals.totalMinor, captures: [{}] }]);
  });

  test('refund nothing on paper only: a cancellation is held until the gateway has refunded', async () => {
    const trial = await stage.trial({ faults: [loses('CapturePayment')] });
    await trial.run();
    await trial.dispatch();
    interfere(`${trial.orderId}:void`, answer, triesOf('cancellation-saga', 'VoidPayment'));
    expect(await trial.cancel()).toMatchObject({ status: 'FAILED' });
    const held = await trial.order();
    expect(held).toMatchObject({ status: 'on_hold', hold: { reason: 'compensation_failed' } });
    expect(held.payment).toMatchObject({ refundedMinor: 0 });
    await trial.cancel(2);
    const { order, payments } = await trial.balanced();
    expect(order).toMatchObject({ status: 'cancelled' });
    expect(payments).toMatchObject([{ refundedMinor: order.totals.totalMinor, refunds: [{}] }]);
  });
});
