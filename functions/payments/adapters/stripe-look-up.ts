import type Stripe from 'stripe';
import type { LookUpRequest, PaymentAmounts } from '../commands/payment-gateway.ts';
import { fromStripeAmount } from './stripe-amount.ts';
import { readPayment } from './stripe-checks.ts';
import { isUnknownPayment } from './stripe-refusals.ts';
import { refundedOf } from './stripe-void.ts';

/** What Stripe has on record for a payment. */
export async function lookUp(stripe: Stripe, request: LookUpRequest): Promise<PaymentAmounts | undefined> {
  const { paymentId, currency } = request;
  const answer = await stripe.paymentIntents.retrieve(paymentId).catch((error: unknown) => {
    if (isUnknownPayment(error)) return undefined;
    throw error;
  });
  if (answer === undefined) return undefined;
  const { amount, amount_received: received } = readPayment(answer, request);
  const refunded = received > 0 ? await refundedOf(stripe, request) : 0;
  const inMinorUnits = (each: number) => fromStripeAmount(each, currency);
  return {
    authorizedMinor: inMinorUnits(amount),
    capturedMinor: inMinorUnits(received),
    refundedMinor: inMinorUnits(refunded),
  };
}
