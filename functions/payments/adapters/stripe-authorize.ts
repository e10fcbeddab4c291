import type Stripe from 'stripe';
import type { Refusal } from '../../shared/kernel/refusal.ts';
import type { Authorization, AuthorizationRequest, PaymentAction } from '../commands/payment-gateway.ts';
import { fromStripeAmount, toStripeAmount } from './stripe-amount.ts';
import {
  actionOf,
  captureTermsOf,
  type ExpectedPayment,
  readPayment,
  type StripePayment,
  unexpectedStatus,
} from './stripe-checks.ts';
import { moneyTimeoutMs } from './stripe-client.ts';
import { declined } from './stripe-refusals.ts';

export type Authorized = Authorization | PaymentAction | Refusal<'PAYMENT_DECLINED'>;

/** The charge says until when and how often the payment can be captured. */
const expand = ['latest_charge'];

export const expectedOf = ({ orderId, amountMinor, currency }: AuthorizationRequest) => ({
  orderId,
  amount: toStripeAmount(amountMinor, currency),
  currency,
});

/** Authorizes the order's total while its customer is there, who may have to confirm it. */
export async function authorize(stripe: Stripe, request: AuthorizationRequest): Promise<Authorized> {
  const { orderId, currency, paymentMethodId, gatewayCustomerId, returnUrl } = request;
  const expected = expectedOf(request);
  if (!Number.isInteger(expected.amount)) {
    return declined('The payment gateway cannot charge this amount exactly.');
  }
  const answer = await stripe.paymentIntents.create(
    {
      amount: expected.amount,
      currency: currency.toLowerCase(),
      payment_method: paymentMethodId,
      allowed_payment_method_types: ['card'],
      payment_method_options: { card: { request_multicapture: 'if_available' } },
      capture_method: 'manual',
      confirm: true,
      metadata: { order_id: orderId },
      ...(gatewayCustomerId === undefined
        ? {}
        : { customer: gatewayCustomerId, setup_future_usage: 'off_session' as const }),
      ...(returnUrl === undefined ? {} : { return_url: returnUrl }),
      expand,
    },
    { idempotencyKey: `${orderId}:authorize`, timeout: moneyTimeoutMs },
  );
  const payment = readPayment(answer, expected);
  return authorizedBy(payment.status === 'requires_action' ? await asItIsNow(stripe, payment, expected) : payment);
}

/** A repeated request gets the first answer again, although the customer may have confirmed the payment meanwhile. */
async function asItIsNow(stripe: Stripe, { id }: StripePayment, expected: ExpectedPayment): Promise<StripePayment> {
  return readPayment(await stripe.paymentIntents.retrieve(id, { expand }), { ...expected, paymentId: id });
}

/** States in which the gateway holds no money: the card was declined, or the customer or a time limit ended the payment. */
const notAuthorized: ReadonlySet<string> = new Set(['requires_payment_method', 'canceled']);

/** What an answer stands for that is a payment which holds all of its amount, or none. */
export function authorizedBy(payment: StripePayment): Authorized {
  const { id: paymentId, status, amount, amount_capturable: held } = payment;
  const currency = payment.currency.toUpperCase();
  const paid = { paymentId, amountMinor: fromStripeAmount(amount, currency), currency };
  if (status === 'requires_action') return { ...paid, ...actionOf(payment) };
  if (notAuthorized.has(status)) return declined('The payment was not confirmed.');
  if (status !== 'requires_capture' || held !== amount) throw unexpectedStatus(status);
  return { ...paid, ...captureTermsOf(payment) };
}
