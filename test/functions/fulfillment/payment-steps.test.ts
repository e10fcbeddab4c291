import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OrderEvent } from '../../../events/catalog.ts';
import { foldOrder } from '../../../functions/orders/domain/fold-order.ts';
import type { PaidAmount } from '../../../functions/payments/commands/payment-gateway.ts';
import { deriveId } from '../../../functions/shared/kernel/ids.ts';
import type { TestSandbox } from '../../support/sandbox.ts';
import {
  caught,
  confirmation,
  declined,
  event,
  placed,
  placement,
  sagaState,
  stock,
  undoState,
} from '../orders/given.ts';
import { type GatewaySteps, type Step, startGatewaySteps, type Webhook } from './gateway-steps.ts';

let steps: GatewaySteps;
let sandbox: TestSandbox;
let authorizePayment: Step;
let capturePayment: Step;
let voidPayment: Step;
let receiveWebhook: Webhook;

/** The functions as deployed: loaded with their environment, invoked with the events of Step Functions and API Gateway. */
beforeAll(async () => {
  steps = await startGatewaySteps('PAYMENT', { apiKey: 'sk_test_sandbox', webhookSecret: 'whsec_test' });
  sandbox = steps.sandbox;
  authorizePayment = (await import('../../../functions/fulfillment/authorize-payment.ts')).handler;
  capturePayment = (await import('../../../functions/fulfillment/capture-payment.ts')).handler;
  voidPayment = (await import('../../../functions/fulfillment/void-payment.ts')).handler;
  receiveWebhook = (await import('../../../functions/fulfillment/receive-payment-webhook.ts')).handler as never;
});
afterAll(() => steps.stop());

let orderId: string;
let orders = 0;
beforeEach(() => {
  orders += 1;
  orderId = deriveId('ord', 'steps', String(orders));
});
afterEach(() => {
  sandbox.interfere = () => undefined;
});

const loaded = async () => foldOrder(await steps.log.read(orderId));
const record = (...decisions: readonly (readonly OrderEvent[])[]) => steps.record(orderId, ...decisions);

const paidBy = (paymentMethodId: string) => ({
  ...sagaState({ stock: stock() }),
  orderId,
  order: { ...placement, paymentMethodId, placedAt: '' },
});
const authorize = async (paymentMethodId = 'pm_card_visa') =>
  (await authorizePayment(paidBy(paymentMethodId), {})) as PaidAmount;
const amountOf = ({ paymentId, amountMinor, currency }: PaidAmount) => ({ paymentId, amountMinor, currency });
const undo = (state: object = {}) => voidPayment({ ...undoState({ stock: stock(), ...state }), orderId }, {});
const payments = async () => (await sandbox.payments()).filter((payment) => payment.orderId === orderId);

describe('AuthorizePayment', () => {
  test('authorizes the total of the order', async () => {
    expect(await authorize()).toEqual({
      ...{ paymentId: expect.any(String), amountMinor: 6_640, currency: 'EUR' },
      ...{ captureBefore: expect.stringMatching(/^20\d\d-/), multicapture: true },
    });
    expect(await payments()).toMatchObject([{ amountMinor: 6_640, status: 'requires_capture' }]);
  });

  test('fails with the name of the refusal when the payment is declined', async () => {
    await expect(authorize('pm_card_chargeDeclined')).rejects.toMatchObject({
      name: 'PAYMENT_DECLINED',
      message: 'The payment was declined.',
    });
  });

  test('fails with a name that the state machine retries when the outcome is unknown', async () => {
    await expect(authorize('pm_sandbox_lostAck')).rejects.toMatchObject({ name: 'TransientFault' });
    expect(await authorize('pm_sandbox_lostAck')).toMatchObject({ amountMinor: 6_640 });
    expect(await payments()).toHaveLength(1);
  });
});

describe('CapturePayment', () => {
  const capture = (paymentId: string, amountMinor: number) =>
    capturePayment(
      {
        ...{
          orderId,
          version: 3,
          correlationId: 'c',
          traceparent: '',
          shipmentId: deriveId('shp', orderId),
          location: 'berlin',
        },
        ...{ lines: [], paymentId, amountMinor, currency: 'EUR', finalCapture: true },
      },
      {},
    );

  test('captures the amount of a shipment once', async () => {
    const { paymentId } = await authorize();
    expect(await capture(paymentId, 6_640)).toEqual({ paymentId, amountMinor: 6_640, currency: 'EUR' });
    await capture(paymentId, 6_640);
    expect(await payments()).toMatchObject([{ capturedMinor: 6_640 }]);
  });

  test('fails with the name of the refusal', async () => {
    const { paymentId } = await authorize('pm_sandbox_captureFails');
    await expect(capture(paymentId, 6_640)).rejects.toMatchObject({ name: 'PAYMENT_CAPTURE_REFUSED' });
  });
});

describe('VoidPayment', () => {
  const timedOut = { failure: caught('TransientFault', 'no answer') };

  test('voids the payment in the state of the saga', async () => {
    await record(placed);
    const payment = await authorize();
    expect(await undo({ payment, failure: caught('CARRIER_REFUSED', 'no') })).toEqual({ voided: amountOf(payment) });
    expect(await payments()).toMatchObject([{ status: 'canceled' }]);
  });

  test('voids a payment that is only in the log of the order', async () => {
    await record(placed);
    const payment = await authorize();
    await record([event('StockReserved', stock()), event('PaymentAuthorized', payment)]);
    expect(await undo(timedOut)).toEqual({ voided: amountOf(payment) });
  });

  test('voids a payment that is neither in the state of the saga nor in the log', async () => {
    await record(placed);
    await expect(authorize('pm_sandbox_lostAck')).rejects.toThrow();
    expect(await undo(timedOut)).toEqual({ voided: expect.objectContaining({ amountMinor: 6_640 }) });
    expect(await payments()).toMatchObject([{ status: 'canceled' }]);
  });

  test('does not call the gateway for a payment that was declined', async () => {
    await record(placed);
    sandbox.requests.length = 0;
    expect(await undo({ failure: caught('PAYMENT_DECLINED', 'no') })).toEqual({ voided: null });
    expect(sandbox.requests).toEqual([]);
  });

  test('does not void the payment of an order that was confirmed although the answer was lost', async () => {
    await record(placed);
    const payment = await authorize();
    await record(confirmation());
    sandbox.requests.length = 0;
    expect(await undo({ payment, ...timedOut })).toEqual({ voided: null });
    expect(sandbox.requests).toEqual([]);
    expect(await payments()).toMatchObject([{ status: 'requires_capture' }]);
  });
});

const authorizedEvent = 'payment_intent.amount_capturable_updated';
const eventAbout = (paymentId: string, type = authorizedEvent, metadata: object = { order_id: orderId }) =>
  JSON.stringify({ id: 'evt_1', type, data: { object: { id: paymentId, metadata } } });

function receive(body: string, secret = 'whsec_test') {
  const headers = { 'stripe-signature': Stripe.webhooks.generateTestHeaderString({ payload: body, secret }) };
  const request = { headers, body, isBase64Encoded: false, routeKey: '', requestContext: { requestId: 'request-1' } };
  return receiveWebhook(request as never, {});
}

describe('the payment webhook', () => {
  test('voids an authorization of an order that has ended, and does so safely again', async () => {
    await record(placed);
    const { paymentId } = await authorize();
    await record([declined], [event('OrderRejected', { code: 'PAYMENT_UNAVAILABLE', detail: '' })]);
    for (let delivery = 0; delivery < 2; delivery++) {
      expect(await receive(eventAbout(paymentId))).toMatchObject({ statusCode: 200, body: '{"received":true}' });
      expect(await payments()).toMatchObject([{ status: 'canceled' }]);
    }
  });

  test('does not void the authorization of an order that is not being undone', async () => {
    await record(placed);
    const { paymentId } = await authorize();
    expect(await receive(eventAbout(paymentId))).toMatchObject({ statusCode: 200 });
    expect(await payments()).toMatchObject([{ status: 'requires_capture' }]);
  });

  test("records an authorization, so that a later undo finds it before the gateway's search does", async () => {
    await record(placed);
    await expect(authorize('pm_sandbox_lostAck')).rejects.toThrow();
    const [held] = await payments();
    await receive(eventAbout(held?.id ?? ''));
    const empty = { object: 'search_result', url: '/v1/payment_intents/search', has_more: false, data: [] };
    sandbox.interfere = ({ path }) =>
      path.includes('/search') ? { status: 200, body: JSON.stringify(empty) } : undefined;
    expect(await undo({ failure: caught('TransientFault', '') })).toMatchObject({ voided: { paymentId: held?.id } });
    expect(await payments()).toMatchObject([{ status: 'canceled' }]);
  });

  /** Authorizes the order again under another key, as happens when keys expire between two runs. */
  async function authorizedAgain(): Promise<string> {
    const request = sandbox.requests.find(({ path, body }) => path === '/v1/payment_intents' && body.includes(orderId));
    const answer = await fetch(`${sandbox.endpoint}/v1/payment_intents`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_sandbox', 'idempotency-key': `${orderId}:again` },
      body: request?.body ?? '',
    });
    return ((await answer.json()) as { id: string }).id;
  }
  const emptySearch = {
    status: 200,
    body: JSON.stringify({ object: 'search_result', url: '/v1/payment_intents/search', has_more: false, data: [] }),
  };

  test('records every authorization of an order, and an undo voids all of them', async () => {
    await record(placed);
    const { paymentId } = await authorize();
    const again = await authorizedAgain();
    for (const id of [paymentId, again, paymentId]) await receive(eventAbout(id));
    sandbox.interfere = ({ path }) => (path.includes('/search') ? emptySearch : undefined);
    expect(await undo({ failure: caught('TransientFault', '') })).toMatchObject({ voided: { amountMinor: 6_640 } });
    expect((await payments()).map(({ status }) => status)).toEqual(['canceled', 'canceled']);
  });

  test('keeps authorizations that are reported at the same time', async () => {
    await record(placed);
    const ids = [(await authorize()).paymentId, await authorizedAgain()];
    await Promise.all(ids.map((id) => receive(eventAbout(id))));
    sandbox.interfere = ({ path }) => (path.includes('/search') ? emptySearch : undefined);
    await undo({ failure: caught('TransientFault', '') });
    expect((await payments()).map(({ status }) => status)).toEqual(['canceled', 'canceled']);
  });

  test.each([
    ['the saga', (payment: PaidAmount) => ({ payment })],
    ['the log', () => ({})],
  ])('an undo voids the other authorizations too when %s names one', async (where, state) => {
    await record(placed);
    const payment = await authorize();
    if (where === 'the log') await record([event('StockReserved', stock()), event('PaymentAuthorized', payment)]);
    const again = await authorizedAgain();
    expect(await undo({ ...state(payment), failure: caught('TransientFault', '') })).toEqual({
      voided: amountOf(payment),
      others: [amountOf({ ...payment, paymentId: again })],
    });
    expect((await payments()).map(({ status }) => status)).toEqual(['canceled', 'canceled']);
  });

  test('an undo voids a reported authorization of an order whose last payment was declined', async () => {
    await record(placed);
    await receive(eventAbout((await authorize()).paymentId));
    await undo({ failure: caught('PAYMENT_DECLINED', 'no') });
    expect(await payments()).toMatchObject([{ status: 'canceled' }]);
  });

  test('voids only the reported authorization of an order that has another one', async () => {
    await record(placed);
    const payment = await authorize();
    const again = await authorizedAgain();
    await record([event('StockReserved', stock()), event('PaymentAuthorized', payment)]);
    await receive(eventAbout(again));
    const found = await payments();
    expect(found.find(({ id }) => id === again)).toMatchObject({ status: 'canceled' });
    expect(found.find(({ id }) => id === payment.paymentId)).toMatchObject({ status: 'requires_capture' });
  });

  test('accepts a report about a payment that the gateway does not have', async () => {
    await record(placed);
    await record([declined], [event('OrderRejected', { code: 'PAYMENT_UNAVAILABLE', detail: '' })]);
    expect(await receive(eventAbout('pi_of_another_account'))).toMatchObject({ statusCode: 200 });
  });

  test.each([
    ['of another type', (id: string) => eventAbout(id, 'payment_intent.succeeded')],
    ['about a payment without an order', (id: string) => eventAbout(id, authorizedEvent, {})],
    ['about an order that does not exist', (id: string) => eventAbout(id, authorizedEvent, { order_id: 'ord_none' })],
    ['about an order with an empty id', (id: string) => eventAbout(id, authorizedEvent, { order_id: '' })],
    [
      'about an order of another system',
      (id: string) => eventAbout(id, authorizedEvent, { order_id: '7'.repeat(9_000) }),
    ],
    ['about a payment without an id', () => eventAbout('')],
    ['without an object', () => '{"id":"evt_t","object":"v2.core.event","type":"v1.x.y","related_object":{}}'],
    ['that is no event', () => 'nothing'],
  ])('accepts a report %s and changes nothing', async (_, body) => {
    await record(placed);
    const { paymentId } = await authorize();
    await record([declined], [event('OrderRejected', { code: 'PAYMENT_UNAVAILABLE', detail: '' })]);
    expect(await receive(body(paymentId))).toMatchObject({ statusCode: 200 });
    expect(await payments()).toMatchObject([{ status: 'requires_capture' }]);
  });

  test('refuses a report that is not signed by the gateway', async () => {
    expect(await receive(eventAbout('pi_1'), 'whsec_other')).toMatchObject({ statusCode: 401 });
  });

  test('accepts the report of a payment that the gateway does not have, for an order that has ended', async () => {
    await record(placed, [declined], [event('OrderRejected', { code: 'PAYMENT_UNAVAILABLE', detail: '' })]);
    expect(await receive(eventAbout('pi_unknown'))).toMatchObject({ statusCode: 200, body: '{"received":true}' });
    expect(sandbox.requests.at(-1)?.path).toContain('pi_unknown');
  });

  test('answers 503 when the gateway does not answer the void, so that the report is sent again', async () => {
    await record(placed);
    const { paymentId } = await authorize();
    await record([declined], [event('OrderRejected', { code: 'PAYMENT_UNAVAILABLE', detail: '' })]);
    sandbox.interfere = () => ({ status: 500, body: '{}' });
    expect(await receive(eventAbout(paymentId))).toMatchObject({ statusCode: 503 });
  });
});

describe('a report about a payment that its customer has to confirm', () => {
  const asking = 'pm_card_authenticationRequired';
  const required = (paymentId: string) =>
    event('PaymentActionRequired', {
      ...{ paymentId, amountMinor: 6_640, currency: 'EUR' },
      actionBefore: '2099-01-01T00:00:00.000Z',
    });
  /** An order that waits, and the payment that it waits for. */
  async function waiting(): Promise<string> {
    await record(placed);
    await expect(authorizePayment(soon(asking), {})).rejects.toMatchObject({ name: 'PAYMENT_ACTION_REQUIRED' });
    const paymentId = (await payments())[0]?.id ?? '';
    await record([required(paymentId)]);
    return paymentId;
  }
  const soon = (paymentMethodId: string, expiresAt = '2099-01-01T00:00:00.000Z') => {
    const state = paidBy(paymentMethodId);
    return { ...state, stock: { ...stock(), expiresAt } };
  };

  test('ends the wait, once, whatever the answer is', async () => {
    for (const type of [authorizedEvent, 'payment_intent.payment_failed', 'payment_intent.canceled']) {
      orders += 1;
      orderId = deriveId('ord', 'steps', String(orders));
      const paymentId = await waiting();
      for (let times = 0; times < 2; times++) {
        expect(await receive(eventAbout(paymentId, type))).toMatchObject({ statusCode: 200 });
      }
      const order = await loaded();
      expect([order?.version, order?.payment.action?.isOpen]).toEqual([3, false]);
    }
  });

  test('changes nothing when it is about another payment of the order', async () => {
    await waiting();
    await receive(eventAbout('pi_other', 'payment_intent.payment_failed'));
    expect((await loaded())?.payment.action?.isOpen).toBe(true);
  });

  test('comes too late when the hold on the stock is about to end', async () => {
    await record(placed);
    await expect(authorizePayment(soon(asking, '2000-01-01T00:00:00.000Z'), {})).rejects.toMatchObject({
      name: 'PAYMENT_ACTION_EXPIRED',
    });
  });
});

describe('a reported renewal', () => {
  const renewed = (status: 'confirmed' | 'cancelled') =>
    status === 'confirmed' ? [] : [event('CancellationRequested', { from: 'confirmed', by: 'customer' })];

  test.each(['confirmed', 'cancelled'] as const)('of an order that is %s is kept, or voided', async (status) => {
    await record(placed);
    const payment = await authorize('pm_sandbox_singleCapture');
    await record([
      ...confirmation().filter(({ type }) => type !== 'PaymentAuthorized'),
      event('PaymentAuthorized', payment),
    ]);
    if (status === 'cancelled') await record(renewed(status));
    const body = new URLSearchParams({
      ...{ amount: '640', currency: 'eur', payment_method: 'pm_card_visa', capture_method: 'manual', confirm: 'true' },
      ...{ 'metadata[order_id]': orderId, 'metadata[purpose]': 'renewal', 'metadata[replaces]': payment.paymentId },
    });
    const headers = { authorization: 'Bearer sk_test_sandbox', 'idempotency-key': `${orderId}:renew` };
    const made = await fetch(`${sandbox.endpoint}/v1/payment_intents`, { method: 'POST', headers, body });
    const { id, amount, currency, metadata } = (await made.json()) as Record<string, never>;
    const report = { id: 'evt_r', type: authorizedEvent, data: { object: { id, amount, currency, metadata } } };
    expect(await receive(JSON.stringify(report))).toMatchObject({ statusCode: 200 });
    const found = (await payments()).find((each) => each.id === id);
    expect(found?.status).toBe(status === 'confirmed' ? 'requires_capture' : 'canceled');
  });
});
