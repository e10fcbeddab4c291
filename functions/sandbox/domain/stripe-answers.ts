import { expiring, methodOf, type Payment, type Refund } from './payment.ts';

/** An error in Stripe's format (https://docs.stripe.com/api/errors). */
export interface StripeFailure {
  readonly status: number;
  readonly body: { readonly error: Readonly<Record<string, unknown>> };
}

function failure(
  status: number,
  type: string,
  code: string | undefined,
  message: string,
  more: object = {},
): StripeFailure {
  return { status, body: { error: { type, code, message, ...more } } };
}

const invalid = (code: string, message: string, more: object = {}, status = 400) =>
  failure(status, 'invalid_request_error', code, message, more);

export const noKey = failure(
  401,
  'invalid_request_error',
  undefined,
  'You did not provide an API key. Provide it in the Authorization header, using Bearer auth.',
);
export const wrongKey = failure(401, 'invalid_request_error', undefined, 'Invalid API Key provided.');
export const broken = failure(500, 'api_error', undefined, 'An error occurred with our servers.');
export const keyReused = failure(
  400,
  'idempotency_error',
  undefined,
  'Keys for idempotent requests can only be used with the same parameters they were first used with.',
);
export const unknownUrl = (method: string, path: string) =>
  failure(404, 'invalid_request_error', undefined, `Unrecognized request URL (${method}: ${path}).`);
export const missingParameter = (name: string) =>
  invalid('parameter_missing', `Missing required param: ${name}.`, { param: name });
export const unknownParameter = (name: string) =>
  invalid('parameter_unknown', `Received unknown parameter: ${name}`, { param: name });
export const unsupportedPayment = (expected: string) =>
  invalid('parameter_invalid_string', `This sandbox supports only payments with ${expected}.`);
export const wrongInteger = (name: string) =>
  invalid('parameter_invalid_integer', `Invalid integer: ${name}`, { param: name });
export const amountTooSmall = invalid('amount_too_small', 'Amount must be greater than zero.', { param: 'amount' });
export const amountTooLarge = (name: string) =>
  invalid('amount_too_large', 'The amount is greater than what is left of the payment.', { param: name });
export const noSuchMethod = (id: string) =>
  invalid('resource_missing', `No such PaymentMethod: '${id}'`, { param: 'payment_method' });
export const methodUsedUp = failure(
  400,
  'invalid_request_error',
  undefined,
  'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment. It may not be used again.',
);
export const methodOfCustomer = failure(
  400,
  'invalid_request_error',
  undefined,
  'The payment method you provided is attached to a customer, so it can only be used with that customer.',
);
export const noSuchPayment = (id: string) =>
  invalid('resource_missing', `No such payment_intent: '${id}'`, { param: 'intent' }, 404);
export const noMulticapture = invalid(
  'payment_intent_invalid_parameter',
  'final_capture can only be false when multicapture is available for the payment.',
  { param: 'final_capture' },
);
export const captureRefused = (payment: Payment) =>
  invalid('capture_unauthorized_payment', 'The payment cannot be captured.', {
    payment_intent: paymentIntent(payment),
  });
export const unexpectedState = (payment: Payment, action: string) =>
  invalid(
    'payment_intent_unexpected_state',
    `This PaymentIntent could not be ${action} because it has a status of ${payment.status}.`,
    { payment_intent: paymentIntent(payment) },
  );
export const alreadyRefunded = invalid('charge_already_refunded', 'The charge has already been refunded.');

/** A declined card: HTTP 402, with the payment in the state after the decline. */
export function cardDeclined(
  code: string,
  declineCode: string,
  attempt: {
    readonly id: string;
    readonly amount: number;
    readonly currency: string;
    readonly metadata: Readonly<Record<string, string>>;
  },
): StripeFailure {
  return failure(402, 'card_error', code, 'Your card was declined.', {
    decline_code: declineCode,
    payment_intent: {
      id: attempt.id,
      object: 'payment_intent',
      amount: attempt.amount,
      amount_capturable: 0,
      amount_received: 0,
      currency: attempt.currency,
      metadata: attempt.metadata,
      status: 'requires_payment_method',
    },
  });
}

/** @param at ISO 8601. */
const epochSeconds = (at: string) => Math.floor(Date.parse(at) / 1000);

/** How long the sandbox's authorizations last. */
const authorizationSeconds = 7 * 24 * 60 * 60;

/** https://docs.stripe.com/api/charges/object */
function charge(payment: Payment): Record<string, unknown> {
  return {
    id: payment.id.replace(/^pi_/, 'ch_'),
    object: 'charge',
    payment_intent: payment.id,
    payment_method_details: {
      type: 'card',
      card: {
        capture_before: epochSeconds(payment.createdAt) + authorizationSeconds,
        multicapture: { status: payment.multicapture ? 'available' : 'unavailable' },
      },
    },
  };
}

/** https://docs.stripe.com/api/payment_intents/object#payment_intent_object-next_action */
function nextAction({ challengeUrl, returnUrl }: Payment): Record<string, unknown> {
  return challengeUrl === undefined
    ? { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect' } }
    : { type: 'redirect_to_url', redirect_to_url: { url: challengeUrl, return_url: returnUrl } };
}

/**
 * https://docs.stripe.com/api/payment_intents/object
 *
 * @param withCharge the charge in place of its id, as `expand` asks for.
 */
export function paymentIntent(payment: Payment, withCharge = false): Record<string, unknown> {
  return {
    id: payment.id,
    object: 'payment_intent',
    allowed_payment_method_types: ['card'],
    amount: payment.amountMinor,
    amount_capturable: payment.capturableMinor,
    amount_received: payment.capturedMinor,
    cancellation_reason: payment.status === 'canceled' && payment.paymentMethodId === expiring ? 'automatic' : null,
    capture_method: 'manual',
    confirmation_method: 'automatic',
    created: epochSeconds(payment.createdAt),
    currency: payment.currency.toLowerCase(),
    last_payment_error:
      payment.status === 'requires_payment_method' ? { code: 'payment_intent_authentication_failure' } : null,
    latest_charge: withCharge ? charge(payment) : payment.id.replace(/^pi_/, 'ch_'),
    livemode: false,
    metadata: payment.metadata,
    next_action: payment.status === 'requires_action' ? nextAction(payment) : null,
    client_secret: payment.clientSecret,
    customer: payment.customerId ?? null,
    payment_method: methodOf(payment),
    payment_method_types: ['card'],
    status: payment.status,
  };
}

/** The payment in its state right after the authorization, which is the answer to a repeated request. */
export function asAuthorized(payment: Payment): Payment {
  return {
    ...payment,
    status: payment.asksCustomer === true ? 'requires_action' : 'requires_capture',
    capturableMinor: payment.asksCustomer === true ? 0 : payment.amountMinor,
    capturedMinor: 0,
    metadata: Object.fromEntries(Object.entries(payment.metadata).filter(([name]) => !name.startsWith('shp_'))),
  };
}

/** https://docs.stripe.com/api/refunds/object */
export function refundObject(payment: Payment, refund: Refund): Record<string, unknown> {
  return {
    id: refund.id,
    object: 'refund',
    amount: refund.amountMinor,
    charge: payment.id.replace(/^pi_/, 'ch_'),
    created: epochSeconds(refund.at),
    currency: payment.currency.toLowerCase(),
    payment_intent: payment.id,
    status: 'succeeded',
  };
}

export function refundList(payment: Payment): Record<string, unknown> {
  const data = payment.refunds.map((refund) => refundObject(payment, refund));
  return { object: 'list', url: '/v1/refunds', has_more: false, data };
}

export function searchResult(payments: readonly Payment[]): Record<string, unknown> {
  return {
    object: 'search_result',
    url: '/v1/payment_intents/search',
    has_more: false,
    next_page: null,
    data: payments.map((payment) => paymentIntent(payment)),
  };
}
