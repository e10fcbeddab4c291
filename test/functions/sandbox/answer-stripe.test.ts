import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStore, type TestStore } from '../../support/dynamodb.ts';
import { pointAwsAt } from '../../support/environment.ts';
import { startSandbox, type TestSandbox } from '../../support/sandbox.ts';

let store: TestStore;
let sandbox: TestSandbox;

beforeAll(async () => {
  store = await startStore();
  pointAwsAt({ store });
  sandbox = await startSandbox(store);
});
afterAll(async () => {
  await sandbox.stop();
  await store.stop();
});

/** Any object of Stripe's API. */
interface Body {
  readonly id: string;
  readonly [name: string]: unknown;
}

const payment = {
  amount: '1000',
  currency: 'eur',
  payment_method: 'pm_card_visa',
  capture_method: 'manual',
  confirm: 'true',
};

async function call(
  method: string,
  path: string,
  form: Record<string, string> = {},
  headers: Record<string, string> = { authorization: 'Bearer sk_test_sandbox' },
) {
  const response = await fetch(sandbox.endpoint + path, {
    method,
    headers,
    ...(method === 'POST' ? { body: new URLSearchParams(form) } : {}),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
}

const authorized = { authorization: 'Bearer sk_test_sandbox' };
const create = (form: Record<string, string>, key?: string) =>
  call('POST', '/v1/payment_intents', form, key === undefined ? authorized : { ...authorized, 'idempotency-key': key });

describe('a key', () => {
  test.each([
    ['missing', {}],
    ['wrong', { authorization: 'Bearer sk_live_123' }],
    ['wrong as a user name', { authorization: `Basic ${Buffer.from('pk_test_1:').toString('base64')}` }],
  ])('that is %s is refused with 401', async (_, headers) => {
    const answer = await call('POST', '/v1/payment_intents', payment, headers as Record<string, string>);
    expect(answer).toMatchObject({ status: 401, body: { error: { type: 'invalid_request_error' } } });
  });

  test('is accepted as a user name too', async () => {
    const basic = { authorization: `Basic ${Buffer.from('sk_test_sandbox:').toString('base64')}` };
    expect(await call('POST', '/v1/payment_intents', payment, basic)).toMatchObject({ status: 200 });
  });
});

describe('an idempotency key', () => {
  test('with the same request gives the same answer, marked as a replay', async () => {
    const first = await create(payment, 'same');
    const second = await create(payment, 'same');
    expect(second.body).toEqual(first.body);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(second.headers.get('idempotent-replayed')).toBe('true');
  });

  test('with another request is refused', async () => {
    await create(payment, 'reused');
    const answer = await create({ ...payment, amount: '2000' }, 'reused');
    expect(answer).toMatchObject({ status: 400, body: { error: { type: 'idempotency_error' } } });
  });

  test('with another capture or refund is refused', async () => {
    const { body } = await create({ ...payment, 'metadata[order_id]': 'ord_keys' }, 'keys');
    const capture = (amount: string) =>
      call(
        'POST',
        `/v1/payment_intents/${body.id}/capture`,
        { amount_to_capture: amount },
        { ...authorized, 'idempotency-key': 'c' },
      );
    expect(await capture('600')).toMatchObject({ status: 200, body: { amount_received: 600, status: 'succeeded' } });
    expect(await capture('600')).toMatchObject({ status: 200, body: { amount_received: 600 } });
    expect(await capture('400')).toMatchObject({ status: 400, body: { error: { type: 'idempotency_error' } } });
    const refund = (amount: string) =>
      call('POST', '/v1/refunds', { payment_intent: body.id, amount }, { ...authorized, 'idempotency-key': 'r' });
    const first = await refund('250');
    expect(first).toMatchObject({ status: 200, body: { object: 'refund', amount: 250, status: 'succeeded' } });
    expect((await refund('250')).body).toEqual(first.body);
    expect(await refund('100')).toMatchObject({ status: 400, body: { error: { type: 'idempotency_error' } } });
  });

  test('prevents a second payment: without one, the same request makes two', async () => {
    const [first, second] = [await create(payment), await create(payment)];
    expect(second.body.id).not.toBe(first.body.id);
  });
});

describe('a payment', () => {
  test.each(['amount', 'currency', 'payment_method'])('needs its %s', async (name) => {
    const { [name]: _missing, ...rest } = payment as Record<string, string>;
    expect(await create(rest)).toMatchObject({
      status: 400,
      body: { error: { code: 'parameter_missing', param: name } },
    });
  });

  test.each([
    ['an amount of zero', { amount: '0' }, 'amount_too_small'],
    ['a fraction', { amount: '10.5' }, 'parameter_invalid_integer'],
    ['a negative amount', { amount: '-5' }, 'parameter_invalid_integer'],
    ['a parameter that the API does not have', { payment_method_types: 'card' }, 'parameter_unknown'],
    [
      'an automatic capture, which the sandbox does not support',
      { capture_method: 'automatic' },
      'parameter_invalid_string',
    ],
    ['a payment method that does not exist', { payment_method: 'pm_unknown' }, 'resource_missing'],
    ['a name from the prototype as its method', { payment_method: 'constructor' }, 'resource_missing'],
  ])('is refused with %s', async (_, change, code) => {
    expect(await create({ ...payment, ...change } as Record<string, string>)).toMatchObject({
      status: 400,
      body: { error: { code } },
    });
  });

  test('is declined with 402 and the reason', async () => {
    expect(await create({ ...payment, payment_method: 'pm_card_chargeDeclined' })).toMatchObject({
      status: 402,
      body: {
        error: {
          type: 'card_error',
          code: 'card_declined',
          decline_code: 'generic_decline',
          payment_intent: { status: 'requires_payment_method' },
        },
      },
    });
  });

  test('can be retrieved, and one that does not exist cannot', async () => {
    const { body } = await create({ ...payment, 'metadata[order_id]': 'ord_found' });
    const found = await call('GET', `/v1/payment_intents/${body.id}`);
    expect(found).toMatchObject({ status: 200, body: { id: body.id, metadata: { order_id: 'ord_found' } } });
    expect(await call('GET', '/v1/payment_intents/pi_nothing')).toMatchObject({
      status: 404,
      body: { error: { code: 'resource_missing' } },
    });
  });

  test.each([
    ['/v1/payment_intents/pi_nothing/capture', { amount_to_capture: '1' }],
    ['/v1/payment_intents/pi_nothing/cancel', {}],
    ['/v1/refunds', { payment_intent: 'pi_nothing' }],
  ])('that does not exist cannot be changed by %s', async (path, form) => {
    expect(await call('POST', path, form as Record<string, string>)).toMatchObject({ status: 404 });
  });

  test('is captured whole when no amount is given', async () => {
    const { body } = await create(payment);
    const captured = await call('POST', `/v1/payment_intents/${body.id}/capture`);
    expect(captured.body).toMatchObject({ status: 'succeeded', amount_received: 1000, amount_capturable: 0 });
  });

  test('releases the rest with its last capture', async () => {
    const { body } = await create(payment);
    const captured = await call('POST', `/v1/payment_intents/${body.id}/capture`, { amount_to_capture: '300' });
    expect(captured.body).toMatchObject({ status: 'succeeded', amount_received: 300, amount_capturable: 0 });
    expect(await call('POST', `/v1/payment_intents/${body.id}/capture`, { amount_to_capture: '1' })).toMatchObject({
      status: 400,
      body: { error: { code: 'payment_intent_unexpected_state', payment_intent: { status: 'succeeded' } } },
    });
  });

  test('stays open for another capture only when that was asked for', async () => {
    const { body: single } = await create(payment);
    const { body: several } = await create({
      ...payment,
      'payment_method_options[card][request_multicapture]': 'if_available',
    });
    const part = { amount_to_capture: '300', final_capture: 'false' };
    expect(await call('POST', `/v1/payment_intents/${single.id}/capture`, part)).toMatchObject({ status: 400 });
    expect(await call('POST', `/v1/payment_intents/${several.id}/capture`, part)).toMatchObject({
      status: 200,
      body: { status: 'requires_capture', amount_received: 300, amount_capturable: 700 },
    });
  });

  test('is refunded up to what was captured, and not beyond', async () => {
    const { body } = await create(payment);
    const refund = (form: Record<string, string>) => call('POST', '/v1/refunds', { payment_intent: body.id, ...form });
    expect(await refund({})).toMatchObject({ status: 400 });
    await call('POST', `/v1/payment_intents/${body.id}/capture`, { amount_to_capture: '800' });
    expect(await refund({ amount: '500' })).toMatchObject({ status: 200, body: { amount: 500 } });
    expect(await refund({ amount: '301' })).toMatchObject({
      status: 400,
      body: { error: { code: 'amount_too_large' } },
    });
    expect(await refund({})).toMatchObject({ status: 200, body: { amount: 300 } });
    expect(await refund({})).toMatchObject({ status: 400, body: { error: { code: 'charge_already_refunded' } } });
    const [entry] = (await sandbox.payments()).filter(({ id }) => id === body.id);
    expect(entry).toMatchObject({ capturedMinor: 800, refundedMinor: 800, refundableMinor: 0 });
  });

  test('is found by the metadata of its order', async () => {
    const { body } = await create({ ...payment, 'metadata[order_id]': 'ord_searched' });
    const query = encodeURIComponent("metadata['order_id']:'ord_searched'");
    expect((await call('GET', `/v1/payment_intents/search?query=${query}`)).body).toMatchObject({
      object: 'search_result',
      has_more: false,
      data: [{ id: body.id }],
    });
    expect(await call('GET', '/v1/payment_intents/search?query=amount%3E1')).toMatchObject({ status: 400 });
  });
});

test.each([
  ['GET', '/v1/charges'],
  ['POST', '/v1/payment_intents/pi_1/confirm'],
  ['GET', '/v1/refunds/re_1'],
])('%s %s, which the sandbox does not support, is not found', async (method, path) => {
  expect(await call(method, path)).toMatchObject({ status: 404, body: { error: { type: 'invalid_request_error' } } });
});

test('keys of different orders make one payment each', async () => {
  const orders = ['ord_a', 'ord_b'];
  for (const order of orders) await create({ ...payment, 'metadata[order_id]': order }, `${order}:authorize`);
  const entered = (await sandbox.payments()).filter(({ orderId }) => orders.includes(orderId));
  expect(entered.map(({ orderId }) => orderId).sort()).toEqual(orders);
});
