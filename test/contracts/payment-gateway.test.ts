import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, expect, test } from 'vitest';
import { stripeGateway } from '../../functions/payments/adapters/stripe-gateway.ts';
import type { PaidAmount, PaymentGateway } from '../../functions/payments/commands/payment-gateway.ts';
import { withZeroAmountPayments } from '../../functions/payments/commands/zero-amount-payment.ts';
import { deriveId } from '../../functions/shared/kernel/ids.ts';
import type { GatewaySecret, SecretStore } from '../../functions/shared/secret-store.ts';
import { openSandbox, sandbox, store } from './sandbox-of-gateways.ts';

openSandbox();

let gateway: PaymentGateway;
beforeAll(async () => {
  gateway = gatewayWith(secretOf('sk_test_sandbox'));
});

const gatewayWith = (secret: SecretStore) => withZeroAmountPayments(stripeGateway(sandbox.endpoint, secret));

function secretOf(...apiKeys: readonly string[]): SecretStore & { forgotten: number } {
  const store = {
    forgotten: 0,
    read: async (): Promise<GatewaySecret> => ({
      apiKey: apiKeys[Math.min(store.forgotten, apiKeys.length - 1)] ?? '',
      webhookSecret: 'whsec_test',
    }),
    forget: () => {
      store.forgotten += 1;
    },
  };
  return store;
}

let orders = 0;
function newOrder(): string {
  orders += 1;
  return deriveId('ord', 'payment', String(orders));
}
const shipmentOf = (orderId: string, location: string) => deriveId('shp', orderId, location);

const authorize = (orderId: string, paymentMethodId = 'pm_card_visa', amountMinor = 12_345, currency = 'EUR') =>
  gateway.authorize({ orderId, amountMinor, currency, paymentMethodId });

async function authorized(orderId: string, paymentMethodId?: string): Promise<PaidAmount> {
  const answer = await authorize(orderId, paymentMethodId);
  expect(answer).not.toHaveProperty('refused');
  return answer as PaidAmount;
}

const capture = (orderId: string, paymentId: string, location: string, amountMinor: number, final: boolean) =>
  gateway.capture({
    orderId,
    paymentId,
    shipmentId: shipmentOf(orderId, location),
    amountMinor,
    currency: 'EUR',
    final,
  });

const total = { amountMinor: 12_345, currency: 'EUR' };
const voidAll = (orderId: string, paymentId?: string, reported: readonly string[] = []) =>
  gateway.void({ orderId, ...total, paymentId, reported });

const booksOf = async (orderId: string) => (await sandbox.payments()).filter((payment) => payment.orderId === orderId);

async function onlyPayment(orderId: string) {
  const payments = await booksOf(orderId);
  expect(payments).toHaveLength(1);
  return payments[0];
}

/** Deletes the idempotency keys, as Stripe does after a day. */
async function forgetKeys(paymentId: string) {
  await store.client.send(
    new UpdateItemCommand({
      TableName: sandbox.table,
      Key: { pk: { S: `payment#${paymentId}` }, sk: { S: 'book' } },
      UpdateExpression: 'SET #keys = :none',
      ExpressionAttributeNames: { '#keys': 'keys' },
      ExpressionAttributeValues: { ':none': { M: {} } },
    }),
  );
}

const transient = expect.objectContaining({ name: 'TransientFault' });

test('an authorization holds the amount and captures nothing', async () => {
  const orderId = newOrder();
  const payment = await authorized(orderId);
  expect(payment).toEqual({
    ...{ paymentId: expect.stringMatching(/^pi_/), amountMinor: 12_345, currency: 'EUR' },
    ...{ captureBefore: expect.stringMatching(/^20\d\d-.*Z$/), multicapture: true },
  });
  expect(await onlyPayment(orderId)).toMatchObject({
    id: payment.paymentId,
    status: 'requires_capture',
    amountMinor: 12_345,
    capturedMinor: 0,
    refundedMinor: 0,
    currency: 'EUR',
    captures: [],
  });
});

test('an order is authorized once, also by repeated and concurrent requests', async () => {
  const orderId = newOrder();
  const first = await authorized(orderId);
  const more = await Promise.all(Array.from({ length: 5 }, () => authorize(orderId)));
  expect(more).toEqual(Array.from({ length: 5 }, () => first));
  await onlyPayment(orderId);
});

test('an authorization repeated after its capture returns the same as the first time', async () => {
  const orderId = newOrder();
  const first = await authorized(orderId);
  await capture(orderId, first.paymentId, 'north', 12_345, true);
  expect(await authorize(orderId)).toEqual(first);
});

test.each([
  ['pm_card_chargeDeclined', 'The payment was declined.'],
  ['pm_card_chargeDeclinedInsufficientFunds', 'The payment was declined: the funds are not sufficient.'],
  ['pm_card_chargeDeclinedExpiredCard', 'The payment was declined: the card has expired.'],
  ['pm_never_heard_of', 'The payment method does not exist.'],
])('%s is declined, and nothing is authorized', async (paymentMethodId, detail) => {
  const orderId = newOrder();
  expect(await authorize(orderId, paymentMethodId)).toEqual({ refused: { code: 'PAYMENT_DECLINED', detail } });
  expect(await booksOf(orderId)).toEqual([]);
  expect(await voidAll(orderId)).toEqual({ voided: null });
});

test('a failing gateway leaves the outcome unknown, and voiding finds no payment', async () => {
  const orderId = newOrder();
  await expect(authorize(orderId, 'pm_sandbox_error')).rejects.toEqual(transient);
  await expect(authorize(orderId, 'pm_sandbox_error')).rejects.toEqual(transient);
  expect(await voidAll(orderId)).toEqual({ voided: null });
});

test('a gateway that fails twice succeeds at the third attempt, and authorizes once', async () => {
  const orderId = newOrder();
  await expect(authorize(orderId, 'pm_sandbox_flaky')).rejects.toEqual(transient);
  await expect(authorize(orderId, 'pm_sandbox_flaky')).rejects.toEqual(transient);
  await authorized(orderId, 'pm_sandbox_flaky');
  await onlyPayment(orderId);
});

test('when the answer to an authorization is lost, a second request returns it and authorizes nothing more', async () => {
  const orderId = newOrder();
  await expect(authorize(orderId, 'pm_sandbox_lostAck')).rejects.toEqual(transient);
  const held = await onlyPayment(orderId);
  expect(await authorize(orderId, 'pm_sandbox_lostAck')).toMatchObject({ paymentId: held?.id });
  await onlyPayment(orderId);
});

test('an authorization whose answer was lost can be voided without its id', async () => {
  const orderId = newOrder();
  await expect(authorize(orderId, 'pm_sandbox_lostAck')).rejects.toEqual(transient);
  const voided = { voided: { paymentId: (await onlyPayment(orderId))?.id, amountMinor: 12_345, currency: 'EUR' } };
  expect(await voidAll(orderId)).toEqual(voided);
  expect(await onlyPayment(orderId)).toMatchObject({ status: 'canceled', capturableMinor: 0 });
  expect(await voidAll(orderId)).toEqual(voided);
});

test('a shipment is captured once, also by repeated requests', async () => {
  const orderId = newOrder();
  const { paymentId } = await authorized(orderId);
  const captured = { paymentId, amountMinor: 12_345, currency: 'EUR' };
  expect(await capture(orderId, paymentId, 'north', 12_345, true)).toEqual(captured);
  expect(await capture(orderId, paymentId, 'north', 12_345, true)).toEqual(captured);
  expect(await onlyPayment(orderId)).toMatchObject({ status: 'succeeded', capturedMinor: 12_345 });
});

test('an order in two shipments is captured in two parts', async () => {
  const orderId = newOrder();
  const { paymentId } = await authorized(orderId);
  expect(await capture(orderId, paymentId, 'north', 2_345, false)).toMatchObject({ amountMinor: 2_345 });
  expect(await onlyPayment(orderId)).toMatchObject({ status: 'requires_capture', capturedMinor: 2_345 });
  expect(await capture(orderId, paymentId, 'south', 10_000, true)).toMatchObject({ amountMinor: 10_000 });
  const payment = await onlyPayment(orderId);
  expect(payment).toMatchObject({ status: 'succeeded', capturedMinor: 12_345, capturableMinor: 0 });
  expect(payment?.captures.map(({ amountMinor }) => amountMinor)).toEqual([2_345, 10_000]);
});

test('a captured shipment is not captured again after the idempotency key has expired', async () => {
  const orderId = newOrder();
  const { paymentId } = await authorized(orderId);
  await capture(orderId, paymentId, 'north', 2_345, false);
  await forgetKeys(paymentId);
  expect(await capture(orderId, paymentId, 'north', 2_345, false)).toMatchObject({ amountMinor: 2_345 });
  await capture(orderId, paymentId, 'south', 10_000, true);
  await forgetKeys(paymentId);
  expect(await capture(orderId, paymentId, 'south', 10_000, true)).toMatchObject({ amountMinor: 10_000 });
  expect(await onlyPayment(orderId)).toMatchObject({ capturedMinor: 12_345 });
});

test('concurrent captures of a shipment capture it once', async () => {
  const orderId = newOrder();
  const { paymentId } = await authorized(orderId);
  await Promise.all([1, 2, 3].map(() => capture(orderId, paymentId, 'north', 2_345, false)));
  expect(await onlyPayment(orderId)).toMatchObject({ capturedMinor: 2_345 });
});

test('a capture whose answer was lost is not repeated', async () => {
  const orderId = newOrder();
  const { paymentId } = await authorized(orderId);
  sandbox.interfere = () => 'cut_after';
  await expect(capture(orderId, paymentId, 'north', 12_345, true)).rejects.toEqual(transient);
  sandbox.interfere = () => undefined;
  expect(await capture(orderId, paymentId, 'north', 12_345, true)).toMatchObject({ amountMinor: 12_345 });
  expect((await onlyPayment(orderId))?.captures).toHaveLength(1);
});

test('more than was authorized cannot be captured', async () => {
  const orderId = newOrder();
  const { paymentId } = await authorized(orderId);
  const answer = await capture(orderId, paymentId, 'north', 12_346, true);
  expect(answer).toMatchObject({ refused: { code: 'PAYMENT_CAPTURE_REFUSED' } });
  expect(await onlyPayment(orderId)).toMatchObject({ capturedMinor: 0 });
});

test('a capture that the bank refuses captures nothing, and the authorization can still be voided', async () => {
  const orderId = newOrder();
  const { paymentId } = await authorized(orderId, 'pm_sandbox_captureFails');
  expect(await capture(orderId, paymentId, 'north', 12_345, true)).toEqual({
    refused: {
      code: 'PAYMENT_CAPTURE_REFUSED',
      detail: 'The payment gateway refused the capture (capture_unauthorized_payment).',
    },
  });
  expect(await onlyPayment(orderId)).toMatchObject({ capturedMinor: 0 });
  expect(await voidAll(orderId, paymentId)).toMatchObject({ voided: { amountMinor: 12_345 } });
});

test('nothing can be captured after a void', async () => {
  const orderId = newOrder();
  const { paymentId } = await authorized(orderId);
  await voidAll(orderId, paymentId);
  const answer = await capture(orderId, paymentId, 'north', 12_345, true);
  expect(answer).toMatchObject({ refused: { code: 'PAYMENT_CAPTURE_REFUSED' } });
});

test('a captured amount is refunded once', async () => {
  const orderId = newOrder();
  const { paymentId } = await authorized(orderId);
  await capture(orderId, paymentId, 'north', 12_345, true);
  const voided = { voided: { paymentId, amountMinor: 12_345, currency: 'EUR' } };
  expect(await voidAll(orderId, paymentId)).toEqual(voided);
  expect(await voidAll(orderId, paymentId)).toEqual(voided);
  await forgetKeys(paymentId);
  expect(await voidAll(orderId, paymentId)).toEqual(voided);
  expect(await onlyPayment(orderId)).toMatchObject({ capturedMinor: 12_345, refundedMinor: 12_345 });
});

test('of an order captured in part, that part is refunded and the rest released', async () => {
  const orderId = newOrder();
  const { paymentId } = await authorized(orderId);
  await capture(orderId, paymentId, 'north', 2_345, false);
  expect(await voidAll(orderId, paymentId)).toMatchObject({ voided: { paymentId } });
  expect(await voidAll(orderId, paymentId)).toMatchObject({ voided: { paymentId } });
  expect(await onlyPayment(orderId)).toMatchObject({
    status: 'canceled',
    capturableMinor: 0,
    capturedMinor: 2_345,
    refundedMinor: 2_345,
  });
});

test('a refund whose answer was lost is not repeated', async () => {
  const orderId = newOrder();
  const { paymentId } = await authorized(orderId);
  await capture(orderId, paymentId, 'north', 12_345, true);
  sandbox.interfere = ({ path }) => (path === '/v1/refunds' ? 'cut_after' : undefined);
  await expect(voidAll(orderId, paymentId)).rejects.toEqual(transient);
  sandbox.interfere = () => undefined;
  await voidAll(orderId, paymentId);
  expect(await onlyPayment(orderId)).toMatchObject({ refundedMinor: 12_345 });
});

test('of an order that was authorized twice, both authorizations are voided', async () => {
  const orderId = newOrder();
  const first = await authorized(orderId);
  sandbox.requests.length = 0;
  await authorize(orderId);
  await fetch(`${sandbox.endpoint}/v1/payment_intents`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_sandbox', 'idempotency-key': 'another' },
    body: sandbox.requests[0]?.body ?? '',
  });
  const payments = await booksOf(orderId);
  expect(payments).toHaveLength(2);
  expect(await voidAll(orderId)).toMatchObject({ voided: { amountMinor: first.amountMinor } });
  expect((await booksOf(orderId)).map(({ status }) => status)).toEqual(['canceled', 'canceled']);
});

test.each([
  ['the connection is cut before the request arrives', 'cut_before' as const],
  ['a proxy has no backend', { status: 502, body: '<html>Bad Gateway</html>' }],
  ['the gateway is overloaded', { status: 503, body: '{"error":{"type":"api_error","message":"busy"}}' }],
  ['the gateway throttles', { status: 429, body: '{"error":{"type":"invalid_request_error","code":"rate_limit"}}' }],
  [
    'the same request is still running',
    { status: 409, body: '{"error":{"type":"idempotency_error","code":"idempotency_key_in_use"}}' },
  ],
])('when %s, the outcome is unknown and the next attempt may succeed', async (_, interference) => {
  const orderId = newOrder();
  sandbox.interfere = () => interference;
  await expect(authorize(orderId)).rejects.toEqual(transient);
  sandbox.interfere = () => undefined;
  await authorized(orderId);
});

test('a request that the gateway does not understand is a defect and not transient', async () => {
  sandbox.interfere = () => ({
    status: 400,
    body: '{"error":{"type":"invalid_request_error","code":"parameter_unknown"}}',
  });
  const fault = await authorize(newOrder()).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(Error);
  expect(fault).toMatchObject({ name: 'Error', message: expect.stringContaining('parameter_unknown') });
});

test('a key that was rotated is read again for the next attempt', async () => {
  const secret = secretOf('sk_live_old', 'sk_test_new');
  const rotating = gatewayWith(secret);
  const request = { orderId: newOrder(), amountMinor: 100, currency: 'EUR', paymentMethodId: 'pm_card_visa' };
  await expect(rotating.authorize(request)).rejects.toEqual(transient);
  expect(await rotating.authorize(request)).toMatchObject({ amountMinor: 100 });
  expect(secret.forgotten).toBe(1);
});

test('without an API key no request is sent', async () => {
  sandbox.requests.length = 0;
  const request = { orderId: newOrder(), amountMinor: 100, currency: 'EUR', paymentMethodId: 'pm_card_visa' };
  await expect(gatewayWith(secretOf('')).authorize(request)).rejects.toThrow('no apiKey yet');
  expect(sandbox.requests).toEqual([]);
});

test('a zero-amount payment does not call the gateway', async () => {
  sandbox.requests.length = 0;
  const orderId = newOrder();
  const free = await authorize(orderId, 'pm_card_visa', 0);
  expect(free).toEqual({ paymentId: 'nothing_due', amountMinor: 0, currency: 'EUR' });
  expect(await capture(orderId, 'nothing_due', 'north', 0, true)).toMatchObject({ amountMinor: 0 });
  expect(await voidAll(orderId, 'nothing_due')).toEqual({ voided: null });
  expect(sandbox.requests).toEqual([]);
});

test.each([
  ['JPY', 5, '5'],
  ['ISK', 5, '500'],
  ['MGA', 500, '5'],
])("amounts in %s are sent in Stripe's unit and returned in minor units", async (currency, amountMinor, sent) => {
  sandbox.requests.length = 0;
  expect(await authorize(newOrder(), 'pm_card_visa', amountMinor, currency)).toMatchObject({ amountMinor, currency });
  expect(new URLSearchParams(sandbox.requests[0]?.body).get('amount')).toBe(sent);
});

test('an amount that the gateway cannot express is declined', async () => {
  expect(await authorize(newOrder(), 'pm_card_visa', 501, 'MGA')).toMatchObject({
    refused: { code: 'PAYMENT_DECLINED' },
  });
});

test("the path of the endpoint is put in front of the gateway's paths", async () => {
  const prefixed = withZeroAmountPayments(stripeGateway(`${sandbox.endpoint}/v1/stage/`, secretOf('sk_test_sandbox')));
  sandbox.requests.length = 0;
  await prefixed.void({ orderId: newOrder(), ...total }).catch(() => undefined);
  expect(sandbox.requests[0]?.path).toMatch(/^\/v1\/stage\/v1\/payment_intents\/search\?/);
});

test('a payment without faults is one request for each step', async () => {
  const orderId = newOrder();
  sandbox.requests.length = 0;
  const { paymentId } = await authorized(orderId);
  await capture(orderId, paymentId, 'north', 12_345, true);
  expect(sandbox.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /v1/payment_intents',
    `POST /v1/payment_intents/${paymentId}/capture`,
  ]);
});

test('a release lets go of what is not captured, and refunds nothing', async () => {
  const orderId = newOrder();
  const { paymentId } = await authorized(orderId);
  await capture(orderId, paymentId, 'north', 2_345, false);
  const release = () => gateway.release({ orderId, paymentId, currency: 'EUR' });
  expect(await release()).toEqual({ released: { paymentId, amountMinor: 10_000, currency: 'EUR' } });
  expect(await onlyPayment(orderId)).toMatchObject({ capturableMinor: 0, capturedMinor: 2_345, refundedMinor: 0 });
  expect(await release()).toEqual({ released: null });
  expect(await onlyPayment(orderId)).toMatchObject({ capturedMinor: 2_345, refundedMinor: 0 });
});

test('a release of a payment that is captured whole, or that the gateway does not have, changes nothing', async () => {
  const orderId = newOrder();
  const { paymentId } = await authorized(orderId);
  await capture(orderId, paymentId, 'north', 12_345, true);
  for (const id of [paymentId, 'pi_unknown']) {
    expect(await gateway.release({ orderId, paymentId: id, currency: 'EUR' })).toEqual({ released: null });
  }
  expect(await onlyPayment(orderId)).toMatchObject({ capturedMinor: 12_345, refundedMinor: 0 });
});

test('a void undoes the renewals of the order too, and none that staff made for another amount', async () => {
  const orderId = newOrder();
  const { paymentId } = await authorized(orderId);
  const made = async (key: string, metadata: object) => {
    const body = new URLSearchParams({
      ...{ amount: '345', currency: 'eur', payment_method: 'pm_card_visa', capture_method: 'manual', confirm: 'true' },
      ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`metadata[${name}]`, String(value)])),
    });
    const headers = { authorization: 'Bearer sk_test_sandbox', 'idempotency-key': `${orderId}:${key}` };
    const answer = await fetch(`${sandbox.endpoint}/v1/payment_intents`, { method: 'POST', headers, body });
    return ((await answer.json()) as { id: string }).id;
  };
  const known = await made('known', { order_id: orderId, purpose: 'renewal' });
  const lost = await made('lost', { order_id: orderId, purpose: 'renewal' });
  const supplement = await made('staff', { order_id: orderId });
  const amount = { amountMinor: 345, currency: 'EUR' };
  const renewals = [{ paymentId: known, amountMinor: 345 }];
  expect(await gateway.void({ orderId, ...total, paymentId, renewals })).toEqual({
    voided: { paymentId, ...total },
    others: [
      { paymentId: known, ...amount },
      { paymentId: lost, ...amount },
    ],
  });
  const states = (await booksOf(orderId)).map(({ id, status }) => [id, status]);
  expect(Object.fromEntries(states)).toEqual({
    ...{ [paymentId]: 'canceled', [known]: 'canceled', [lost]: 'canceled', [supplement]: 'requires_capture' },
  });
});

const returnUrl = 'https://shop.example.com/return';
/** The customer's answer on the page of the bank, in the gateway's books. */
async function answered(orderId: string, status: 'requires_capture' | 'requires_payment_method'): Promise<void> {
  const payment = await onlyPayment(orderId);
  await store.client.send(
    new UpdateItemCommand({
      TableName: sandbox.table,
      Key: { pk: { S: `payment#${payment?.id}` }, sk: { S: 'book' } },
      UpdateExpression: 'SET #status = :status, capturableMinor = :amount',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: {
        ':status': { S: status },
        ':amount': { N: status === 'requires_capture' ? '12345' : '0' },
      },
    }),
  );
}

test('a payment that its customer has to confirm says with what, and a repeated request finds it as it is now', async () => {
  const asking = { ...total, paymentMethodId: 'pm_card_authenticationRequired', returnUrl };
  const orderId = newOrder();
  const action = {
    ...{ paymentId: expect.stringMatching(/^pi_/), ...total },
    ...{ clientSecret: expect.stringMatching(/^pi_\w+_secret_/), redirectUrl: expect.stringContaining('/challenges/') },
  };
  expect(await gateway.authorize({ orderId, ...asking })).toEqual(action);
  expect(await gateway.authorize({ orderId, ...asking })).toEqual(action);
  expect(await onlyPayment(orderId)).toMatchObject({ status: 'requires_action', capturableMinor: 0 });
  await answered(orderId, 'requires_capture');
  expect(await gateway.authorize({ orderId, ...asking })).toMatchObject({ ...total, multicapture: true });
  await onlyPayment(orderId);

  const refused = newOrder();
  await gateway.authorize({ orderId: refused, ...asking });
  await answered(refused, 'requires_payment_method');
  expect(await gateway.authorize({ orderId: refused, ...asking })).toMatchObject({
    refused: { code: 'PAYMENT_DECLINED' },
  });
  expect(await voidAll(refused, undefined, [(await onlyPayment(refused))?.id ?? ''])).toEqual({ voided: null });
  expect(await onlyPayment(refused)).toMatchObject({ status: 'canceled' });
});

test('a payment that its customer confirms without leaving the shop has a secret and no page', async () => {
  const answer = await authorize(newOrder(), 'pm_card_authenticationRequired');
  expect(answer).toHaveProperty('clientSecret');
  expect(answer).not.toHaveProperty('redirectUrl');
});

test('a customer is created once for two requests, and another one for another customer', async () => {
  const [first, again, other] = [
    await gateway.createCustomer('a'),
    await gateway.createCustomer('a'),
    await gateway.createCustomer('b'),
  ];
  expect(first).toMatch(/^cus_/);
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});

async function saved(orderId: string, paymentMethodId = 'pm_sandbox_singleCapture'): Promise<string> {
  const gatewayCustomerId = await gateway.createCustomer(orderId);
  const answer = await gateway.authorize({ orderId, ...total, paymentMethodId, gatewayCustomerId });
  return (answer as PaidAmount).paymentId;
}

const renew = (orderId: string, replaces: string, amountMinor = 10_000, attempt = 0) =>
  gateway.renew({ orderId, replaces, attempt, amountMinor, currency: 'EUR' });

test('a rest is authorized anew with the saved payment method, once for any number of requests', async () => {
  const orderId = newOrder();
  const paymentId = await saved(orderId);
  const first = await renew(orderId, paymentId);
  expect(first).toMatchObject({ amountMinor: 10_000, currency: 'EUR', multicapture: false });
  expect((first as PaidAmount).paymentId).not.toBe(paymentId);
  const more = await Promise.all([renew(orderId, paymentId), renew(orderId, paymentId, 10_000, 1)]);
  expect(more).toEqual([first, first]);
  await forgetKeys((first as PaidAmount).paymentId);
  expect(await renew(orderId, paymentId)).toEqual(first);
  expect(await booksOf(orderId)).toHaveLength(2);
});

test.each([
  ['that was not saved', (orderId: string) => authorized(orderId).then((each) => each.paymentId), 'was not saved'],
  [
    'whose bank wants the customer to be there',
    (orderId: string) => saved(orderId, 'pm_card_authenticationRequiredOffSession'),
    'the bank wants the customer to confirm it',
  ],
])('a payment method %s is refused for a rest, and nothing is authorized', async (_, pay, why) => {
  const orderId = newOrder();
  const paymentId = await pay(orderId);
  const answer = await renew(orderId, paymentId);
  expect(answer).toMatchObject({ refused: { code: 'PAYMENT_DECLINED', detail: expect.stringContaining(why) } });
  await onlyPayment(orderId);
});

test('a payment method that was used before and not saved is declined for another order', async () => {
  const first = await authorized(newOrder());
  const used = `pm_card_visa__${first.paymentId.replace('pi_', '')}`;
  expect(await authorize(newOrder(), used)).toMatchObject({
    refused: { code: 'PAYMENT_DECLINED', detail: expect.stringContaining('was not saved') },
  });
});

test('a capture that leaves a rest on a payment that allows one says so, and one of a closed payment too', async () => {
  const orderId = newOrder();
  const paymentId = await saved(orderId);
  expect(await capture(orderId, paymentId, 'north', 2_345, false)).toMatchObject({
    refused: { code: 'SINGLE_CAPTURE' },
  });
  expect(await capture(orderId, paymentId, 'north', 2_345, true)).toMatchObject({ amountMinor: 2_345 });
  const closed = await capture(orderId, paymentId, 'south', 10_000, true);
  expect(closed).toMatchObject({ refused: { code: 'AUTHORIZATION_CLOSED' } });
  const expiredOrder = newOrder();
  const expired = await saved(expiredOrder, 'pm_sandbox_expires');
  expect(await capture(expiredOrder, expired, 'north', 12_345, true)).toMatchObject({
    refused: { code: 'AUTHORIZATION_CLOSED' },
  });
  expect(await gateway.lookUp({ orderId, paymentId, currency: 'EUR' })).toEqual({
    ...{ authorizedMinor: 12_345, capturedMinor: 2_345, refundedMinor: 0, openMinor: 0 },
    ...{ captures: { [shipmentOf(orderId, 'north')]: 2_345 }, multicapture: false },
  });
});

test('a payment that a person cancelled is not taken for an expired one', async () => {
  const orderId = newOrder();
  const paymentId = await saved(orderId);
  await gateway.release({ orderId, paymentId, currency: 'EUR' });
  expect(await capture(orderId, paymentId, 'north', 12_345, true)).toMatchObject({
    refused: { code: 'PAYMENT_CAPTURE_REFUSED' },
  });
});
