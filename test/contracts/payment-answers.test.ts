import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { stripeGateway } from '../../functions/payments/adapters/stripe-gateway.ts';
import type { PaidAmount, PaymentGateway } from '../../functions/payments/commands/payment-gateway.ts';
import { deriveId } from '../../functions/shared/kernel/ids.ts';
import type { SentRequest } from '../support/sandbox.ts';
import { openSandbox, sandbox, store } from './sandbox-of-gateways.ts';
import {
  type Answered,
  brokenAnswers,
  changed,
  foreignAnswers,
  otherBody,
  type WrongAnswers,
} from './wrong-answers.ts';

openSandbox();

let gateway: PaymentGateway;
beforeAll(async () => {
  const secret = { read: async () => ({ apiKey: 'sk_test_sandbox', webhookSecret: '' }), forget: () => undefined };
  gateway = stripeGateway(sandbox.endpoint, secret);
});

const total = { amountMinor: 12_345, currency: 'EUR' };
const shipmentOf = (orderId: string, location: string) => deriveId('shp', orderId, location);

const authorize = (orderId: string, paymentMethodId = 'pm_card_visa') =>
  gateway.authorize({ orderId, ...total, paymentMethodId });
async function authorized(orderId: string): Promise<string> {
  return ((await authorize(orderId)) as PaidAmount).paymentId;
}
const capture = (orderId: string, paymentId: string, amountMinor = 12_345, final = true) =>
  gateway.capture({
    ...{ orderId, paymentId, shipmentId: shipmentOf(orderId, 'north') },
    ...{ amountMinor, currency: 'EUR', final },
  });
/** The gateway's book of a payment. */
async function bookOf(paymentId: string) {
  const Key = { pk: { S: `payment#${paymentId}` }, sk: { S: 'book' } };
  const { Item } = await store.client.send(new GetItemCommand({ TableName: sandbox.table, Key }));
  return unmarshall(Item ?? {});
}

/** A call of the gateway: the request in question, and a use of the gateway that makes it. */
interface Call {
  readonly is: (request: SentRequest) => boolean;
  /** Brings the order into the state before the call, and returns the call. */
  readonly prepared: (orderId: string) => Promise<() => Promise<unknown>>;
  /** The answer to the call, and the books after it. */
  readonly right: { readonly answer: object; readonly books: object };
  /** Wrong answers of this call alone. */
  readonly wrong: WrongAnswers;
}

const other = (fields: Answered) => changed((answer) => ({ ...answer, ...fields }));
const without = (field: string) => changed(({ [field]: _left, ...answer }) => answer);
const otherOrder = other({ metadata: { order_id: 'ord_other' } });
const terms = { captureBefore: expect.stringMatching(/^20\d\d-/), multicapture: true };
const paid = { paymentId: expect.stringMatching(/^pi_/), ...total };

/** Changes of a payment that make it another one. */
const otherPayments: WrongAnswers = {
  'a payment of another order': otherOrder,
  'a payment without metadata': other({ metadata: {} }),
  'a payment with another amount': other({ amount: 1_234 }),
  'a payment in another currency': other({ currency: 'usd' }),
  'another object with the same fields': other({ object: 'charge' }),
  'a payment with a status that does not exist': other({ status: 'unheard_of' }),
  'a payment without a status': without('status'),
  'a payment without an amount': without('amount'),
  'a payment without an id': without('id'),
  'a payment whose amount is a text': other({ amount: '12345' }),
  'a payment with an error beside it': other({ error: { type: 'card_error', code: 'card_declined' } }),
  'a refund': otherBody({ object: 'refund', id: 're_1', status: 'succeeded', amount: 12_345, currency: 'eur' }),
  'a deleted object': otherBody({ object: 'payment_intent', id: 'pi_1', deleted: true }),
  'an empty list': otherBody({ object: 'list', url: '/v1/payment_intents', has_more: false, data: [] }),
};
const otherId = { 'another payment of the order': other({ id: 'pi_other' }) };

const error = (status: number, fields: object) => ({ status, body: JSON.stringify({ error: fields }) });
const declinedError = { type: 'card_error', code: 'card_declined', decline_code: 'generic_decline' };
const paymentOf = (orderId: string, more: object = {}) => ({
  ...{ object: 'payment_intent', id: 'pi_1', status: 'requires_payment_method', amount: 12_345 },
  ...{ amount_capturable: 0, amount_received: 0, currency: 'eur', metadata: { order_id: orderId }, ...more },
});
/** Errors in the gateway's own format that are no answer to any request of this system. */
const foreignErrors: WrongAnswers = {
  'a card error with the status 200': error(200, declinedError),
  'a card error with the status 400': error(400, declinedError),
  'a card error with the status 503': error(503, declinedError),
  'a decline without the declined payment': error(402, declinedError),
  "a decline of another order's payment": error(402, { ...declinedError, payment_intent: paymentOf('ord_other') }),
  'an error of the type api_error with the status 402': error(402, { type: 'api_error' }),
  'an unknown type of error': error(400, { type: 'unheard_of', code: 'resource_missing' }),
  'a customer that is missing': error(404, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    param: 'customer',
  }),
  'an unknown address': error(404, { type: 'invalid_request_error', message: 'Unrecognized request URL' }),
  'an unknown parameter': error(400, { type: 'invalid_request_error', code: 'parameter_unknown' }),
  "the state of another order's payment": error(400, {
    ...{ type: 'invalid_request_error', code: 'payment_intent_unexpected_state' },
    payment_intent: paymentOf('ord_other', { status: 'canceled' }),
  }),
};

const calls: Readonly<Record<string, Call>> = {
  'an authorization': {
    is: ({ method, path }) => method === 'POST' && path === '/v1/payment_intents',
    prepared: async (orderId) => () => authorize(orderId),
    right: { answer: { ...paid, ...terms }, books: { status: 'requires_capture', capturedMinor: 0 } },
    wrong: {
      ...otherPayments,
      ...foreignErrors,
      'a payment that is captured': other({ status: 'succeeded', amount_capturable: 0, amount_received: 12_345 }),
      'a payment in progress': other({ status: 'processing' }),
      'a payment that holds less': other({ amount_capturable: 1_234 }),
    },
  },
  'a capture': {
    is: ({ path }) => path.endsWith('/capture'),
    prepared: async (orderId) => {
      const paymentId = await authorized(orderId);
      return () => capture(orderId, paymentId);
    },
    right: { answer: paid, books: { status: 'succeeded', capturedMinor: 12_345 } },
    wrong: {
      ...{ ...otherPayments, 'a payment with another amount': other({ amount_received: 1_234 }) },
      ...otherId,
      ...foreignErrors,
      'a payment that is not captured': other({ status: 'requires_capture', amount_received: 0 }),
      'a payment that was cancelled': other({ status: 'canceled' }),
      'a payment without this shipment': changed((answer) => ({
        ...answer,
        metadata: { order_id: (answer.metadata as Answered).order_id },
      })),
    },
  },
  'a look at a payment before a partial capture': {
    is: ({ method, path }) => method === 'GET' && /^\/v1\/payment_intents\/pi_/.test(path),
    prepared: async (orderId) => {
      const paymentId = await authorized(orderId);
      return () => capture(orderId, paymentId, 2_345, false);
    },
    right: { answer: { ...paid, amountMinor: 2_345 }, books: { status: 'requires_capture', capturedMinor: 2_345 } },
    wrong: {
      'a payment of another order': otherOrder,
      'a payment in another currency': other({ currency: 'usd' }),
      'another object with the same fields': other({ object: 'charge' }),
      ...otherId,
      ...foreignErrors,
    },
  },
  'a look at the amounts of a payment': {
    is: ({ method, path }) => method === 'GET' && /^\/v1\/payment_intents\/pi_/.test(path),
    prepared: async (orderId) => {
      const paymentId = await authorized(orderId);
      return async () => ({ paymentId, ...(await gateway.lookUp({ orderId, paymentId, currency: 'EUR' })) });
    },
    right: {
      answer: {
        ...{ paymentId: paid.paymentId, authorizedMinor: 12_345, capturedMinor: 0, refundedMinor: 0 },
        ...{ openMinor: 12_345, captures: {}, multicapture: true },
      },
      books: { status: 'requires_capture' },
    },
    wrong: {
      'a payment of another order': otherOrder,
      'a payment in another currency': other({ currency: 'usd' }),
      'another object with the same fields': other({ object: 'charge' }),
      'a payment without an amount': without('amount'),
      ...otherId,
      ...foreignErrors,
    },
  },
  'a cancellation': {
    is: ({ path }) => path.endsWith('/cancel'),
    prepared: async (orderId) => {
      const paymentId = await authorized(orderId);
      return () => gateway.void({ orderId, ...total, paymentId });
    },
    right: { answer: { voided: paid }, books: { status: 'canceled' } },
    wrong: {
      ...otherPayments,
      ...otherId,
      ...foreignErrors,
      'a payment that still holds the amount': other({ status: 'requires_capture' }),
      'a payment that was captured': other({ status: 'succeeded' }),
    },
  },
  'a search': {
    is: ({ path }) => path.includes('/search'),
    prepared: async (orderId) => {
      await authorized(orderId);
      return () => gateway.void({ orderId, ...total });
    },
    right: { answer: { voided: paid }, books: { status: 'canceled' } },
    wrong: {
      'an empty list': otherBody({ object: 'list', url: '/v1/payment_intents', has_more: false, data: [] }),
      'a search of other objects': otherBody({
        ...{ object: 'search_result', url: '/v1/charges/search', has_more: false, data: [] },
      }),
      'a payment': otherBody({ object: 'payment_intent', id: 'pi_1', status: 'requires_capture' }),
      'a result without a list': without('data'),
      "another order's payments": changed(({ data, ...answer }) => ({
        ...answer,
        data: (data as Answered[]).map((each) => ({ ...each, metadata: { order_id: 'ord_other' } })),
      })),
      'payments with another amount': changed(({ data, ...answer }) => ({
        ...answer,
        data: (data as Answered[]).map((each) => ({ ...each, amount: 1 })),
      })),
      'payments in another currency': changed(({ data, ...answer }) => ({
        ...answer,
        data: (data as Answered[]).map((each) => ({ ...each, currency: 'usd' })),
      })),
      'a part of the payments': other({ has_more: true, data: [] }),
      ...foreignErrors,
    },
  },
  'a look at a reported payment': {
    is: ({ method, path }) => method === 'GET' && /^\/v1\/payment_intents\/pi_/.test(path),
    prepared: async (orderId) => {
      const paymentId = await authorized(orderId);
      return () => gateway.void({ orderId, ...total, reported: [paymentId] });
    },
    right: { answer: { voided: paid }, books: { status: 'canceled' } },
    wrong: {
      'another object with the same fields': other({ object: 'charge' }),
      'a payment without an amount': without('amount'),
      'a payment without a status': without('status'),
      ...otherId,
      ...foreignErrors,
    },
  },
  'a refund': {
    is: ({ method, path }) => method === 'POST' && path === '/v1/refunds',
    prepared: async (orderId) => {
      const paymentId = await authorized(orderId);
      await capture(orderId, paymentId);
      return () => gateway.void({ orderId, ...total, paymentId });
    },
    right: { answer: { voided: paid }, books: { capturedMinor: 12_345, refundedMinor: 12_345 } },
    wrong: {
      'a refund of another payment': other({ payment_intent: 'pi_other' }),
      'a refund in another currency': other({ currency: 'usd' }),
      'another object with the same fields': other({ object: 'charge' }),
      'a failed refund': other({ status: 'failed' }),
      'a refund that waits for the customer': other({ status: 'requires_action' }),
      'a refund without an amount': without('amount'),
      'a payment': otherBody(paymentOf('ord_other')),
      ...foreignErrors,
    },
  },
  'a look at refunds': {
    is: ({ method, path }) => method === 'GET' && path.startsWith('/v1/refunds'),
    prepared: async (orderId) => {
      const paymentId = await authorized(orderId);
      await capture(orderId, paymentId);
      // A person has refunded a part before, so the amount of the system's refund is the rest.
      await fetch(`${sandbox.endpoint}/v1/refunds`, {
        method: 'POST',
        headers: { authorization: 'Bearer sk_test_sandbox', 'idempotency-key': `${orderId}:person` },
        body: `payment_intent=${paymentId}&amount=345`,
      });
      return () => gateway.void({ orderId, ...total, paymentId });
    },
    right: { answer: { voided: paid }, books: { capturedMinor: 12_345, refundedMinor: 12_345 } },
    wrong: {
      'no refunds': other({ data: [] }),
      'a part of the refunds': other({ has_more: true }),
      'refunds of another payment': changed(({ data, ...answer }) => ({
        ...answer,
        data: (data as Answered[]).map((each) => ({ ...each, payment_intent: 'pi_other' })),
      })),
      'failed refunds': changed(({ data, ...answer }) => ({
        ...answer,
        data: (data as Answered[]).map((each) => ({ ...each, status: 'failed' })),
      })),
      'refunds in another currency': changed(({ data, ...answer }) => ({
        ...answer,
        data: (data as Answered[]).map((each) => ({ ...each, currency: 'usd' })),
      })),
      'another list': other({ url: '/v1/charges' }),
      ...foreignErrors,
    },
  },
};

let orders = 0;
function newOrder(): string {
  orders += 1;
  return deriveId('ord', 'payment answers', String(orders));
}

/** A fault is an error of the name that sagas repeat, or of no name that sagas know. A refusal is returned. */
const outcomeOf = (call: Promise<unknown>) =>
  call.then(
    (answer) => answer,
    (fault: Error) => (fault.name === 'TransientFault' || fault.name === 'Error' ? 'a fault' : fault.name),
  );

describe.each(Object.entries(calls))('a wrong answer to %s', (_, { is, prepared, right, wrong }) => {
  const answers = Object.entries({ ...foreignAnswers, ...brokenAnswers, ...wrong });

  test.each(answers)('is neither a success nor a refusal: %s', async (_name, interference) => {
    const run = await prepared(newOrder());
    sandbox.interfere = (request) => (is(request) ? interference : undefined);
    expect(await outcomeOf(run())).toBe('a fault');
    sandbox.interfere = () => undefined;
    const answer = await run();
    expect(answer).toEqual(right.answer);
    const { paymentId } = ((answer as { voided?: PaidAmount }).voided ?? answer) as PaidAmount;
    expect(await bookOf(paymentId)).toMatchObject({ ...right.books, siblings: [] });
  });
});

describe('a reported payment that a look shows as another one', () => {
  const isLook = ({ method, path }: SentRequest) => method === 'GET' && /^\/v1\/payment_intents\/pi_/.test(path);
  const isSearch = ({ path }: SentRequest) => path.includes('/search');
  const emptySearch = changed((answer) => ({ ...answer, data: [] }));

  test.each([
    { what: 'amount', look: other({ amount: 1 }) },
    { what: 'currency', look: other({ currency: 'usd' }) },
    { what: 'order', look: otherOrder },
  ])('of another $what is voided when the search finds it as it should be', async ({ look }) => {
    const orderId = newOrder();
    const paymentId = await authorized(orderId);
    sandbox.interfere = (request) => (isLook(request) ? look : undefined);
    expect(await gateway.void({ orderId, ...total, reported: [paymentId] })).toEqual({ voided: paid });
    expect(await bookOf(paymentId)).toMatchObject({ status: 'canceled' });
  });

  test.each([
    { what: 'amount', look: other({ amount: 1 }), isFault: true },
    { what: 'currency', look: other({ currency: 'usd' }), isFault: true },
    { what: 'order', look: otherOrder, isFault: false },
  ])('of another $what, and that the search does not find, is not voided', async ({ look, isFault }) => {
    const orderId = newOrder();
    const paymentId = await authorized(orderId);
    sandbox.interfere = (request) => (isLook(request) ? look : isSearch(request) ? emptySearch : undefined);
    const voiding = outcomeOf(gateway.void({ orderId, ...total, reported: [paymentId] }));
    expect(await voiding).toEqual(isFault ? 'a fault' : { voided: null });
    expect(await bookOf(paymentId)).toMatchObject({ status: 'requires_capture' });
  });
});

test("'Service Unavailable' is an outcome that may be asked for again, whatever its status is", async () => {
  for (const [name, { is, prepared }] of Object.entries(calls)) {
    for (const status of [200, 429, 503]) {
      const run = await prepared(newOrder());
      sandbox.interfere = (request) =>
        is(request) ? { status, body: '{"message":"Service Unavailable"}' } : undefined;
      await expect(run(), `${name}, ${status}`).rejects.toMatchObject({
        name: 'TransientFault',
        message: `payment gateway: the answer is not one of Stripe's (${status})`,
      });
      sandbox.interfere = () => undefined;
    }
  }
});

test('a gateway that does not answer is given up on, and the outcome is unknown', { timeout: 30_000 }, async () => {
  const runs = await Promise.all(Object.values(calls).map(({ prepared }) => prepared(newOrder())));
  sandbox.interfere = () => () => undefined;
  const outcomes = await Promise.allSettled(runs.map((run) => run()));
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'TransientFault' } });
  }
});
