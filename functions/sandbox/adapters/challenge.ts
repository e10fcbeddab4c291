import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { answeredPage, challengePage } from '../domain/challenge-page.ts';
import type { Payment } from '../domain/payment.ts';
import { paymentIntent } from '../domain/stripe-answers.ts';
import { endsInSecret } from './ends-in-secret.ts';
import type { PaymentBook } from './payment-book.ts';

type Reply = APIGatewayProxyStructuredResultV2;

const html = (statusCode: number, body: string): Reply => ({
  statusCode,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  },
  body,
});
const notFound: Reply = {
  statusCode: 404,
  headers: { 'content-type': 'text/plain' },
  body: 'There is no such payment.\n',
};

/**
 * Answers `/challenges/<payment id>-<key>`, the address that the payment gave, and any other with 404. A GET shows the page
 * that asks the customer; a POST takes the answer, reports it as Stripe does, and returns the customer to the shop.
 */
export function challenge(deps: {
  readonly book: Pick<PaymentBook, 'find' | 'answer'>;
  /** Sends an event about a payment to the shop's webhook. */
  report(type: string, object: Record<string, unknown>): Promise<void>;
}) {
  return async (event: APIGatewayProxyEventV2): Promise<Reply> => {
    const name = event.pathParameters?.name ?? '';
    const [, id = ''] = /^(pi_[0-9a-f]+)-[0-9a-f]{32}$/.exec(name) ?? [];
    const payment = id === '' ? undefined : await deps.book.find(id);
    if (payment === undefined || !endsInSecret(payment.challengeUrl ?? '', `/${name}`)) return notFound;
    if (event.requestContext.http.method !== 'POST') {
      const isAsking = payment.status === 'requires_action';
      return html(200, isAsking ? challengePage(payment.amountMinor, payment.currency) : answeredPage());
    }
    const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8').toString('utf8');
    const isConfirmed = new URLSearchParams(body).get('answer') === 'approve';
    const outcome = await deps.book.answer(id, isConfirmed);
    if (outcome.kind === 'done') {
      const type = isConfirmed ? 'payment_intent.amount_capturable_updated' : 'payment_intent.payment_failed';
      await deps.report(type, paymentIntent(outcome.payment));
    }
    return returned('payment' in outcome ? outcome.payment : payment);
  };
}

/** Stripe adds the payment and the result to the address of the shop's page. */
function returned({ id, clientSecret, returnUrl, status }: Payment): Reply {
  if (returnUrl === undefined || !URL.canParse(returnUrl)) return html(200, answeredPage());
  const address = new URL(returnUrl);
  address.searchParams.set('payment_intent', id);
  address.searchParams.set('payment_intent_client_secret', clientSecret);
  address.searchParams.set('redirect_status', status === 'requires_capture' ? 'succeeded' : 'failed');
  return { statusCode: 303, headers: { location: address.href, 'cache-control': 'no-store' } };
}
