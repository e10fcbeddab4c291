import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { expect, test } from 'vitest';
import { challenge } from '../../../../functions/sandbox/adapters/challenge.ts';
import type { Payment } from '../../../../functions/sandbox/domain/payment.ts';

const id = `pi_${'a'.repeat(24)}`;
const key = '0'.repeat(32);
const payment = {
  ...{ id, orderId: 'ord_1', status: 'requires_action', amountMinor: 500, currency: 'E<UR', metadata: {} },
  ...{
    clientSecret: `${id}_secret_x`,
    challengeUrl: `http://sandbox/challenges/${id}-${key}`,
    createdAt: '2026-11-22',
  },
  ...{
    returnUrl: 'https://shop.example.com/return',
    capturableMinor: 0,
    capturedMinor: 0,
    paymentMethodId: 'pm_card_visa',
  },
} as unknown as Payment;

function bank(found: Payment | undefined = payment) {
  const reports: string[] = [];
  const answers: boolean[] = [];
  const ask = challenge({
    book: {
      find: async (wanted) => (wanted === id ? found : undefined),
      answer: async (_, isConfirmed) => {
        answers.push(isConfirmed);
        if (found?.status !== 'requires_action') return { kind: 'impossible', payment: found as Payment };
        const status = isConfirmed ? 'requires_capture' : 'requires_payment_method';
        return { kind: 'done', payment: { ...found, status } as Payment };
      },
    },
    report: async (type) => void reports.push(type),
  });
  const request = (method: string, name: string, body = '') =>
    ask({
      pathParameters: { name },
      requestContext: { http: { method } },
      body,
      isBase64Encoded: false,
    } as unknown as APIGatewayProxyEventV2);
  return { request, reports, answers };
}

test.each([
  ['another key', `${id}-${'1'.repeat(32)}`],
  ['no key', id],
  ['a payment that does not exist', `pi_${'b'.repeat(24)}-${key}`],
  ['an empty key', `${id}-`],
])('the page of a payment is not shown and not answered for %s', async (_, name) => {
  const { request, answers } = bank();
  expect(await request('GET', name)).toMatchObject({ statusCode: 404 });
  expect(await request('POST', name, 'answer=approve')).toMatchObject({ statusCode: 404 });
  expect(answers).toEqual([]);
});

test('the page has the amount, and its text is escaped', async () => {
  const answer = await bank().request('GET', `${id}-${key}`);
  expect(answer).toMatchObject({ statusCode: 200, body: expect.stringContaining('500 (E&#60;UR') });
});

test.each([
  ['approve', 'payment_intent.amount_capturable_updated', 'succeeded'],
  ['refuse', 'payment_intent.payment_failed', 'failed'],
])('an answer %s is reported as %s and returns the customer', async (as, type, status) => {
  const { request, reports } = bank();
  const answer = await request('POST', `${id}-${key}`, `answer=${as}`);
  expect(reports).toEqual([type]);
  expect(answer).toMatchObject({ statusCode: 303 });
  const location = new URL(String(answer.headers?.location));
  expect(Object.fromEntries(location.searchParams)).toEqual({
    ...{ payment_intent: id, payment_intent_client_secret: `${id}_secret_x`, redirect_status: status },
  });
});

test('a second answer is not reported', async () => {
  const { request, reports } = bank({ ...payment, status: 'canceled' });
  expect(await request('POST', `${id}-${key}`, 'answer=approve')).toMatchObject({ statusCode: 303 });
  expect(reports).toEqual([]);
});
