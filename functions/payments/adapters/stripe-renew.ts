import type Stripe from 'stripe';
import * as z from 'zod/mini';
import type { Refusal } from '../../shared/kernel/refusal.ts';
import type { Authorization, RenewalRequest } from '../commands/payment-gateway.ts';
import { fromStripeAmount, toStripeAmount } from './stripe-amount.ts';
import { type Authorized, authorizedBy } from './stripe-authorize.ts';
import { captureTermsOf, readPayment, type StripePayment } from './stripe-checks.ts';
import { moneyTimeoutMs } from './stripe-client.ts';
import { renewalPurpose } from './stripe-metadata.ts';
import { declined, declineOf } from './stripe-refusals.ts';
import { findPayments } from './stripe-void.ts';

/** The charge says until when and how often the payment can be captured. */
const expand = ['latest_charge'];

/** With what a payment was made. Stripe answers with ids unless the request asks for the objects. */
const means = z.object({ payment_method: z.string(), customer: z.optional(z.nullable(z.string())) });

/**
 * Authorizes what is still to be captured with the payment method of the payment that it replaces; the customer is not there.
 * Stripe forgets keys after a day, so a renewal of an earlier request is searched for first: by then its index shows it.
 */
export async function renew(
  stripe: Stripe,
  request: RenewalRequest,
): Promise<Authorization | Refusal<'PAYMENT_DECLINED'>> {
  const { orderId, replaces, attempt, amountMinor, currency } = request;
  const amount = toStripeAmount(amountMinor, currency);
  const made = (await findPayments(stripe, orderId)).find((each) => isRenewalOf(each, request, amount));
  if (made !== undefined) {
    const again = await stripe.paymentIntents.retrieve(made.id, { expand });
    return authorizationOf(readPayment(again, { orderId, paymentId: made.id, currency }));
  }
  const original = await stripe.paymentIntents.retrieve(replaces);
  readPayment(original, { orderId, paymentId: replaces, currency });
  const parsed = z.safeParse(means, original);
  if (!parsed.success) return declined('The payment method of the order is not known any more.');
  const { payment_method, customer } = parsed.data;
  const expected = { orderId, amount, currency };
  try {
    const answer = await stripe.paymentIntents.create(
      {
        amount,
        currency: currency.toLowerCase(),
        payment_method,
        ...(typeof customer === 'string' ? { customer } : {}),
        off_session: true,
        allowed_payment_method_types: ['card'],
        payment_method_options: { card: { request_multicapture: 'if_available' } },
        capture_method: 'manual',
        confirm: true,
        metadata: { order_id: orderId, purpose: renewalPurpose, replaces },
        expand,
      },
      { idempotencyKey: `${orderId}:renew:${replaces}:${attempt}:${amount}`, timeout: moneyTimeoutMs },
    );
    return withoutAction(authorizedBy(readPayment(answer, expected)));
  } catch (error) {
    const refusal = declineOf(error, expected);
    if (refusal !== undefined) return refusal;
    throw error;
  }
}

/** Whether an earlier request has made the payment, and it still holds the amount. */
function isRenewalOf(
  { metadata, status, amount_capturable: held }: StripePayment,
  request: RenewalRequest,
  amount: number,
) {
  return (
    metadata.purpose === renewalPurpose && metadata.replaces === request.replaces && isOpen(status) && held >= amount
  );
}

const isOpen = (status: string) => status === 'requires_capture';

function authorizationOf(payment: StripePayment): Authorization {
  const currency = payment.currency.toUpperCase();
  const amountMinor = fromStripeAmount(payment.amount, currency);
  return { paymentId: payment.id, amountMinor, currency, ...captureTermsOf(payment) };
}

/** A customer who is not there confirms nothing. */
function withoutAction(answer: Authorized): Authorization | Refusal<'PAYMENT_DECLINED'> {
  return 'clientSecret' in answer
    ? declined('The payment was declined: the bank wants the customer to confirm it.')
    : answer;
}
