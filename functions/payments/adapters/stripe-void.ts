import type Stripe from 'stripe';
import type { PaidAmount, Voided, VoidPaymentRequest, VoidRequest } from '../commands/payment-gateway.ts';
import { fromStripeAmount, toStripeAmount } from './stripe-amount.ts';
import {
  type ExpectedPayment,
  type ExpectedRefund,
  otherThanAskedFor,
  readPayment,
  readPayments,
  readRefund,
  readRefunds,
  type StripePayment,
  unexpectedStatus,
} from './stripe-checks.ts';
import { isAlreadyRefunded, isUnknownPayment, unexpectedStateOf } from './stripe-refusals.ts';

/** Stripe's longest page. An order has one authorization; further ones come from races and lost answers. */
const pageSize = 100;

/** The payment of a void: everything about it is known but, at first, its state. */
type VoidedPayment = ExpectedPayment & { readonly paymentId: string; readonly amount: number };

function expectedOf({ orderId, amountMinor, currency }: Pick<VoidRequest, 'orderId' | 'amountMinor' | 'currency'>) {
  return { orderId, amount: toStripeAmount(amountMinor, currency), currency };
}

/**
 * Voids all payments of an order: the one that the order names, those that the gateway reported, and those that its search
 * finds. The search comes last, so that its failure delays no other void.
 */
export async function voidPayments(stripe: Stripe, request: VoidRequest): Promise<Voided> {
  const { paymentId, reported = [] } = request;
  const expected = expectedOf(request);
  const voided = new Map<string, PaidAmount | null>();
  const cancel = (id: string) => voidPayment(stripe, { ...expected, paymentId: id });
  if (paymentId !== undefined) voided.set(paymentId, await cancel(paymentId));
  for (const id of reported) {
    if (!voided.has(id)) voided.set(id, await ignoringUnknown(cancel(id)));
  }
  for (const { id, status } of await findPayments(stripe, expected)) {
    if (voided.has(id)) continue;
    const amount = await cancel(id);
    voided.set(id, neverAuthorized.has(status) ? null : amount);
  }
  return { voided: [...voided.values()].find((amount) => amount !== null) ?? null };
}

/** Voids one payment of an order. */
export async function voidOne(stripe: Stripe, request: VoidPaymentRequest): Promise<Voided> {
  const { paymentId } = request;
  return { voided: await ignoringUnknown(voidPayment(stripe, { ...expectedOf(request), paymentId })) };
}

/** States of a payment that was declined or is incomplete. Such a payment is cancelled too, but nothing was authorized. */
const neverAuthorized: ReadonlySet<string> = new Set([
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
]);

/**
 * The payments of an order, found with Stripe's search. Its index lags behind by up to a minute, longer during an outage.
 * The webhook covers what the search does not show yet: an authorization of an order that is being undone is voided when
 * Stripe reports it, and one that was reported before is on record (see `receive-payment-webhook`).
 */
async function findPayments(stripe: Stripe, expected: ExpectedPayment): Promise<StripePayment[]> {
  const query = `metadata['order_id']:'${expected.orderId}'`;
  return readPayments(await stripe.paymentIntents.search({ query, limit: pageSize }), expected);
}

/** A report may name a payment of another account or mode, which this gateway does not have. */
async function ignoringUnknown(voiding: Promise<PaidAmount>): Promise<PaidAmount | null> {
  try {
    return await voiding;
  } catch (error) {
    if (isUnknownPayment(error)) return null;
    throw error;
  }
}

/** Cancels without retrieving the payment first: almost no payment that is voided was captured. */
async function voidPayment(stripe: Stripe, expected: VoidedPayment): Promise<PaidAmount> {
  let payment: StripePayment;
  try {
    // No idempotency key: a second cancel is refused because of the payment's state, and that answer contains the state.
    payment = readPayment(await stripe.paymentIntents.cancel(expected.paymentId), expected);
    if (payment.status !== 'canceled') throw unexpectedStatus(payment.status);
  } catch (error) {
    const unchanged = unexpectedStateOf(error, expected);
    if (unchanged === undefined) throw error;
    payment = unchanged;
  }
  if (payment.status !== 'canceled' && payment.status !== 'succeeded') throw unexpectedStatus(payment.status);
  if (payment.amount_received > 0) await refund(stripe, expected, payment.amount_received);
  const { paymentId, currency } = expected;
  return { paymentId, amountMinor: fromStripeAmount(payment.amount, currency), currency };
}

/** Refunds everything that is captured and not refunded yet. */
async function refund(stripe: Stripe, expected: VoidedPayment, received: number): Promise<void> {
  const { orderId, paymentId } = expected;
  try {
    const answer = await stripe.refunds.create(
      { payment_intent: paymentId, metadata: { order_id: orderId } },
      { idempotencyKey: `${orderId}:void:${paymentId}` },
    );
    const { status, amount } = readRefund(answer, expected);
    if (!givesBack.has(status)) throw unexpectedStatus(status);
    if (amount === received) return;
  } catch (error) {
    if (!isAlreadyRefunded(error)) throw error;
  }
  // A part was refunded before, by a person or by another run.
  if ((await refundedOf(stripe, expected)) !== received) throw otherThanAskedFor('amount');
}

/** What is refunded of a payment, or will be, in Stripe's unit. */
export async function refundedOf(stripe: Stripe, expected: ExpectedRefund): Promise<number> {
  const list = await stripe.refunds.list({ payment_intent: expected.paymentId, limit: pageSize });
  const refunds = readRefunds(list, expected).filter(({ status }) => givesBack.has(status));
  return refunds.reduce((sum, { amount }) => sum + amount, 0);
}

/** States of a refund that the gateway has made or will make. The others are failed, cancelled or incomplete. */
const givesBack: ReadonlySet<string> = new Set(['succeeded', 'pending']);
