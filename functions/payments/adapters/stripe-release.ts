import type Stripe from 'stripe';
import type { Released, ReleaseRequest } from '../commands/payment-gateway.ts';
import { fromStripeAmount } from './stripe-amount.ts';
import { readPayment, unexpectedStatus } from './stripe-checks.ts';
import { unexpectedStateOf } from './stripe-refusals.ts';
import { retrieved } from './stripe-void.ts';

/** States after the cancellation of a payment: of one that was captured in part, Stripe documents neither as the only one. */
const closed: ReadonlySet<string> = new Set(['canceled', 'succeeded']);

/**
 * Lets go of what a payment still holds. Stripe cancels a payment that was captured in part without a refund
 * (https://docs.stripe.com/payments/multicapture).
 */
export async function release(stripe: Stripe, request: ReleaseRequest): Promise<Released> {
  const { paymentId, currency } = request;
  const before = await retrieved(stripe, paymentId);
  if (before === undefined) return { released: null };
  const { status, amount, amount_received: received, amount_capturable: held } = readPayment(before, request);
  if (closed.has(status)) return { released: null };
  const expected = { ...request, amount };
  try {
    const after = readPayment(await stripe.paymentIntents.cancel(paymentId), expected);
    if (!closed.has(after.status) || after.amount_received !== received) throw unexpectedStatus(after.status);
  } catch (error) {
    // Another request has closed it meanwhile.
    const unchanged = unexpectedStateOf(error, expected);
    if (unchanged === undefined || !closed.has(unchanged.status)) throw error;
    return { released: null };
  }
  return held === 0
    ? { released: null }
    : { released: { paymentId, amountMinor: fromStripeAmount(held, currency), currency } };
}
