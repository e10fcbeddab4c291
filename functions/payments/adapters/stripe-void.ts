import type Stripe from 'stripe';
import { logger } from '../../shared/logging.ts';
import type { PaidAmount, Voided, VoidPaymentRequest, VoidRequest } from '../commands/payment-gateway.ts';
import { fromStripeAmount, toStripeAmount } from './stripe-amount.ts';
import {
  type ExpectedPayment,
  type ExpectedRefund,
  otherThanAskedFor,
  readPayment,
  readPaymentAsItIs,
  readPayments,
  readRefund,
  readRefunds,
  type StripePayment,
  unexpectedStatus,
} from './stripe-checks.ts';
import { renewalPurpose } from './stripe-metadata.ts';
import { isAlreadyRefunded, isUnknownPayment, unexpectedStateOf } from './stripe-refusals.ts';

/** Stripe's longest page. An order has one authorization; further ones come from races and lost answers. */
const pageSize = 100;

/** The payment of a void: everything about it is known but, at first, its state. */
type VoidedPayment = ExpectedPayment & { readonly paymentId: string; readonly amount: number };

function expectedOf({ orderId, amountMinor, currency }: Pick<VoidRequest, 'orderId' | 'amountMinor' | 'currency'>) {
  return { orderId, amount: toStripeAmount(amountMinor, currency), currency };
}

/**
 * Voids the payments of an order: the one that the order names, those that the gateway reported, and those that its search
 * finds. The search comes last, so that its failure delays no other void.
 *
 * A payment of another amount or currency was not made by this system, unless its metadata say that it is a renewal. It is
 * left alone when two answers of the gateway agree on it. So is a reported payment that is another order's, and that the
 * search does not find either.
 */
export async function voidPayments(stripe: Stripe, request: VoidRequest): Promise<Voided> {
  const { paymentId, renewals = [], reported = [] } = request;
  const expected = expectedOf(request);
  const voided = new Map<string, PaidAmount | null>();
  const strangers = new Map<string, StripePayment>();
  const cancel = (id: string, amount = expected.amount) => voidPayment(stripe, { ...expected, paymentId: id, amount });
  /** Cancels a payment as it was found. Of one that was never authorized, nothing is voided. */
  const cancelFound = async ({ id, status, amount }: StripePayment): Promise<void> => {
    const cancelled = await cancel(id, amount);
    voided.set(id, neverAuthorized.has(status) ? null : cancelled);
  };
  if (paymentId !== undefined) voided.set(paymentId, await cancel(paymentId));
  for (const { paymentId: id, amountMinor } of renewals.filter((each) => !voided.has(each.paymentId))) {
    voided.set(id, await cancel(id, toStripeAmount(amountMinor, expected.currency)));
  }
  for (const id of reported.filter((each) => !voided.has(each))) {
    const payment = await retrieved(stripe, id);
    if (payment === undefined) voided.set(id, null);
    else if (isAsExpected(payment, expected)) await cancelFound(payment);
    else strangers.set(id, payment);
  }
  const found = await findPayments(stripe, expected.orderId);
  for (const payment of found.filter(({ id }) => !voided.has(id))) {
    const { id } = payment;
    if (isAsExpected(payment, expected)) await cancelFound(payment);
    else {
      leaveAlone(payment, strangers.get(id) ?? (await retrieved(stripe, id)), expected);
    }
    strangers.delete(id);
  }
  for (const { metadata } of strangers.values()) {
    if (metadata.order_id === expected.orderId) throw otherThanAskedFor('amount');
  }
  const [first = null, ...others] = [...voided.values()].filter((amount) => amount !== null);
  return { voided: first, ...(others.length === 0 ? {} : { others }) };
}

/** Voids one payment that the gateway reported. It is retrieved first: it may be another one than the report says. */
export async function voidOne(stripe: Stripe, request: VoidPaymentRequest): Promise<Voided> {
  const { paymentId } = request;
  const expected = { ...expectedOf(request), paymentId };
  const payment = await retrieved(stripe, paymentId);
  if (payment === undefined) return { voided: null };
  readPayment(payment, expected);
  return { voided: await voidPayment(stripe, expected) };
}

/** Whether this system made the payment for the order: for its total, or as a renewal for a part of it. */
function isAsExpected(
  { metadata, amount, currency }: StripePayment,
  expected: Required<Omit<VoidedPayment, 'paymentId'>>,
) {
  const { orderId, amount: total, currency: code } = expected;
  const isAmount = metadata.purpose === renewalPurpose ? amount <= total : amount === total;
  return metadata.order_id === orderId && isAmount && currency === code.toLowerCase();
}

/** @throws TransientFault when the two answers differ: one of them is not about this payment. */
function leaveAlone(found: StripePayment, again: StripePayment | undefined, { orderId }: ExpectedPayment): void {
  const agrees =
    again?.amount === found.amount && again.currency === found.currency && again.metadata.order_id === orderId;
  if (!agrees) throw otherThanAskedFor('amount');
  logger.warn('payment of another amount left alone', { orderId, paymentId: found.id });
}

/** A payment as the gateway has it; undefined when it has none of this id, which may be of another account or mode. */
export async function retrieved(stripe: Stripe, paymentId: string): Promise<StripePayment | undefined> {
  try {
    return readPaymentAsItIs(await stripe.paymentIntents.retrieve(paymentId), paymentId);
  } catch (error) {
    if (isUnknownPayment(error)) return undefined;
    throw error;
  }
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
export async function findPayments(stripe: Stripe, orderId: string): Promise<StripePayment[]> {
  const query = `metadata['order_id']:'${orderId}'`;
  return readPayments(await stripe.paymentIntents.search({ query, limit: pageSize }), orderId);
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
