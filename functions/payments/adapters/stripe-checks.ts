import * as z from 'zod/mini';
import { TransientFault } from '../../shared/kernel/faults.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import type { Authorization } from '../commands/payment-gateway.ts';

/**
 * What is checked of every answer of Stripe before it is believed. An answer that is not what the request asked for leaves
 * the outcome unknown: it may come from a proxy, a cache or another request, and the request may have taken effect.
 */

const amount = z.int().check(z.minimum(0));

/** The fields of a PaymentIntent that are used here. Amounts are in Stripe's unit. */
const stripePayment = z.object({
  object: z.literal('payment_intent'),
  id: z.string().check(z.minLength(1)),
  status: z.string(),
  amount,
  amount_capturable: amount,
  amount_received: amount,
  /** ISO 4217, lower case. */
  currency: z.string(),
  metadata: z.record(z.string(), z.string()),
  /** The id of the charge, or the charge itself where the request asks for it. */
  latest_charge: z.optional(z.unknown()),
  /** Only in answers to a secret key, and only needed while the customer has to confirm the payment. */
  client_secret: z.optional(z.nullable(z.string())),
  next_action: z.optional(z.unknown()),
  /** `automatic` or `expired` for a payment that was cancelled for its age. */
  cancellation_reason: z.optional(z.nullable(z.string())),
});
export type StripePayment = z.output<typeof stripePayment>;

/** What the charge of a payment says of its captures. Stripe leaves fields out that it does not know. */
const stripeCharge = z.object({
  payment_method_details: z.object({
    card: z.object({
      /** Seconds since 1970. */
      capture_before: z.catch(z.optional(z.int()), undefined),
      multicapture: z.catch(z.optional(z.object({ status: z.string() })), undefined),
    }),
  }),
});

type CaptureTerms = Pick<Authorization, 'captureBefore' | 'multicapture'>;

const stripeRefund = z.object({
  object: z.literal('refund'),
  id: z.string().check(z.minLength(1)),
  status: z.string(),
  amount,
  currency: z.string(),
  payment_intent: z.string(),
});
export type StripeRefund = z.output<typeof stripeRefund>;

const paymentSearch = z.object({
  object: z.literal('search_result'),
  url: z.literal('/v1/payment_intents/search'),
  has_more: z.boolean(),
  data: z.array(z.unknown()),
});

const refundList = z.object({
  object: z.literal('list'),
  url: z.literal('/v1/refunds'),
  has_more: z.boolean(),
  data: z.array(z.unknown()),
});

/** What identifies the payment that a request is about. Absent fields are not known before the answer. */
export interface ExpectedPayment {
  readonly orderId: string;
  readonly paymentId?: string;
  /** The authorized amount in Stripe's unit. */
  readonly amount?: number;
  /** ISO 4217, upper case. */
  readonly currency: string;
}

/**
 * The payment in an answer.
 *
 * @throws TransientFault when the answer is not a payment, or is another one than expected.
 */
export function readPayment(answer: unknown, expected: ExpectedPayment): StripePayment {
  const payment = readPaymentAsItIs(answer, expected.paymentId);
  const { orderId, amount: total = payment.amount, currency } = expected;
  if (payment.metadata.order_id !== orderId) throw otherThanAskedFor('order');
  if (payment.amount !== total) throw otherThanAskedFor('amount');
  if (payment.currency !== currency.toLowerCase()) throw otherThanAskedFor('currency');
  return payment;
}

/**
 * The payment in an answer, of whatever order, amount and currency.
 *
 * @throws TransientFault when the answer is not a payment, or has another id.
 */
export function readPaymentAsItIs(answer: unknown, paymentId?: string): StripePayment {
  const payment = parsed(stripePayment, answer, 'payment');
  if (payment.id !== (paymentId ?? payment.id)) throw otherThanAskedFor('payment');
  return payment;
}

/**
 * The payments in the answer to a search by order, of whatever amount and currency.
 *
 * @throws TransientFault when the answer is not such a list, or contains a payment of another order.
 * @throws Error when there are more payments than one page holds.
 */
export function readPayments(answer: unknown, orderId: string): StripePayment[] {
  const { data, has_more: more } = parsed(paymentSearch, answer, 'search result');
  if (more) throw new Error(`payment gateway: order ${orderId} has more payments than one page holds`);
  const payments = data.map((each) => readPaymentAsItIs(each));
  if (payments.some(({ metadata }) => metadata.order_id !== orderId)) throw otherThanAskedFor('order');
  return payments;
}

/** What identifies a refund: the payment and its currency, upper case. */
export interface ExpectedRefund {
  readonly paymentId: string;
  readonly currency: string;
}

/**
 * The refund in an answer.
 *
 * @throws TransientFault when the answer is not a refund of this payment.
 */
export function readRefund(answer: unknown, { paymentId, currency }: ExpectedRefund): StripeRefund {
  const refund = parsed(stripeRefund, answer, 'refund');
  if (refund.payment_intent !== paymentId) throw otherThanAskedFor('payment');
  if (refund.currency !== currency.toLowerCase()) throw otherThanAskedFor('currency');
  return refund;
}

/**
 * The refunds in the answer to a request for the refunds of a payment.
 *
 * @throws TransientFault when the answer is not such a list.
 * @throws Error when there are more refunds than one page holds.
 */
export function readRefunds(answer: unknown, expected: ExpectedRefund): StripeRefund[] {
  const { data, has_more: more } = parsed(refundList, answer, 'list of refunds');
  if (more) throw new Error(`payment gateway: payment ${expected.paymentId} has more refunds than one page holds`);
  return data.map((each) => readRefund(each, expected));
}

/** Until when and how often a payment can be captured, as far as its charge says so. */
export function captureTermsOf({ latest_charge: charge }: StripePayment): CaptureTerms {
  const parsedCharge = z.safeParse(stripeCharge, charge);
  if (!parsedCharge.success) return {};
  const { capture_before: before, multicapture } = parsedCharge.data.payment_method_details.card;
  return {
    ...(before === undefined ? {} : { captureBefore: new Date(before * 1000).toISOString() as Instant }),
    ...(multicapture === undefined ? {} : { multicapture: multicapture.status === 'available' }),
  };
}

const redirect = z.object({ redirect_to_url: z.object({ url: z.string().check(z.regex(/^https?:\/\//)) }) });

/** With what the customer confirms the payment. @throws TransientFault for a payment without a secret. */
export function actionOf({ client_secret: secret, next_action: next }: StripePayment) {
  if (typeof secret !== 'string' || secret === '') throw otherThanAskedFor('payment');
  const parsedNext = z.safeParse(redirect, next);
  return {
    clientSecret: secret,
    ...(parsedNext.success ? { redirectUrl: parsedNext.data.redirect_to_url.url } : {}),
  };
}

const stripeCustomer = z.object({ object: z.literal('customer'), id: z.string().check(z.regex(/^cus_\w+$/)) });

/** The id in an answer that is a customer. @throws TransientFault for any other answer. */
export function readCustomerId(answer: unknown): string {
  return parsed(stripeCustomer, answer, 'customer').id;
}

/** A fault for a status that an answer to the request should not have. */
export function unexpectedStatus(status: string): TransientFault {
  return new TransientFault(`payment gateway: unexpected status ${status.slice(0, 40)}`);
}

export function otherThanAskedFor(what: string): TransientFault {
  return new TransientFault(`payment gateway: the answer is about another ${what}`);
}

function parsed<S extends z.ZodMiniType>(schema: S, answer: unknown, what: string): z.output<S> {
  const result = z.safeParse(schema, answer);
  // The parser's own message may quote the answer.
  if (!result.success) throw new TransientFault(`payment gateway: the answer is not a ${what}`);
  return result.data;
}

/** Types of errors that Stripe documents (https://docs.stripe.com/api/errors). */
const errorTypes = new Set([
  'api_error',
  'card_error',
  'idempotency_error',
  'invalid_request_error',
  'rate_limit_error',
]);

const errorBody = z.object({ error: z.object({ type: z.string() }) });
const objectBody = z.object({ object: z.string(), error: z.optional(z.undefined()) });

/**
 * Checks an answer before the SDK interprets it. The SDK takes any JSON without `error` for a success, whatever its status
 * is, and any JSON with `error` for Stripe's own error.
 *
 * @returns the body: an object of Stripe with the status 200, or an error of Stripe with a status of 400 or more.
 * @throws TransientFault for every other answer.
 */
export function readAnswer(status: number, body: unknown): unknown {
  const error = z.safeParse(errorBody, body);
  const isError = status >= 400 && error.success && errorTypes.has(error.data.error.type);
  const isObject = status === 200 && z.safeParse(objectBody, body).success;
  if (isError || isObject) return body;
  throw new TransientFault(`payment gateway: the answer is not one of Stripe's (${status})`);
}
