import Stripe from 'stripe';
import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import type { CaptureRefusal } from '../commands/payment-gateway.ts';
import { type ExpectedPayment, readPayment, type StripePayment } from './stripe-checks.ts';

const { StripeCardError, StripeInvalidRequestError } = Stripe.errors;
type InvalidRequest = InstanceType<typeof StripeInvalidRequestError>;

/** The classes of the SDK follow from the status alone, so the type that Stripe wrote is compared too. */
function isCardError(error: unknown): error is InstanceType<typeof StripeCardError> {
  return error instanceof StripeCardError && error.rawType === 'card_error';
}

function isInvalidRequest(error: unknown, statusCode: number): error is InvalidRequest {
  return (
    error instanceof StripeInvalidRequestError &&
    error.rawType === 'invalid_request_error' &&
    error.statusCode === statusCode
  );
}

/**
 * Decline codes whose reason may be shown to the customer. Issuers require that other reasons (stolen, fraud) are not shown.
 */
const disclosedReasons: Readonly<Record<string, string>> = {
  authentication_required: 'the bank wants the customer to confirm it',
  expired_card: 'the card has expired',
  incorrect_cvc: 'the security code is wrong',
  insufficient_funds: 'the funds are not sufficient',
};

/** Stripe has no code for a payment method that was used without a customer; it says so in this sentence. */
const usedBefore = /previously used/i;
const usedUp = 'The payment method was used before and was not saved, so it cannot be used again.';

/** Codes of invalid requests that are due to the customer's payment method or amount, not to a defect of the request. */
const customerErrors: Readonly<Record<string, string>> = {
  resource_missing: 'The payment method does not exist.',
  payment_method_unactivated: 'The payment method cannot be used.',
  payment_method_currency_mismatch: 'The payment method cannot pay in this currency.',
  payment_method_unsupported_type: 'The payment method cannot be used.',
  payment_method_unexpected_state: 'The payment method cannot be used.',
  amount_too_small: 'The amount is below what the payment method accepts.',
  amount_too_large: 'The amount is above what the payment method accepts.',
};

/**
 * The refusal that an error of an authorization stands for; undefined when it is a fault. A decline contains the payment
 * that was declined.
 *
 * @throws TransientFault when the declined payment is not the expected one.
 */
export function declineOf(error: unknown, expected: ExpectedPayment): Refusal<'PAYMENT_DECLINED'> | undefined {
  if (isCardError(error)) {
    readPayment(error.payment_intent, expected);
    const reason = disclosedReasons[error.decline_code ?? ''] ?? disclosedReasons[error.code ?? ''];
    return declined(reason === undefined ? 'The payment was declined.' : `The payment was declined: ${reason}.`);
  }
  if (!isInvalidRequest(error, 400)) return undefined;
  if (error.code === 'resource_missing' && error.param !== 'payment_method') return undefined;
  const detail = usedBefore.test(error.message) ? usedUp : customerErrors[error.code ?? ''];
  return detail === undefined ? undefined : declined(detail);
}

/** @param detail is shown to the customer. */
export function declined(detail: string): Refusal<'PAYMENT_DECLINED'> {
  return refuse('PAYMENT_DECLINED', detail);
}

/** Shown to staff as the reason for which the order waits. Stripe refuses the parameter of a capture that is not the last. */
const singleCapture =
  'The payment allows one capture, and more shipments of the order are to be captured. The payment gateway refused the capture.';

/** Codes of invalid requests with which Stripe refuses a capture. */
const captureRefusals: ReadonlySet<string> = new Set([
  'amount_too_large',
  'amount_too_small',
  'capture_charge_authorization_expired',
  'capture_unauthorized_payment',
  'charge_already_captured',
  'charge_already_refunded',
  'charge_disputed',
  'charge_exceeds_source_limit',
  'charge_exceeds_transaction_limit',
  'charge_expired_for_capture',
  'charge_invalid_parameter',
  'invalid_charge_amount',
  'payment_intent_invalid_parameter',
  'payment_intent_payment_attempt_expired',
  'payment_intent_payment_attempt_failed',
  'payment_intent_unexpected_state',
]);

/** Codes of refused captures of a payment that holds nothing any more. */
const closedCodes: ReadonlySet<string> = new Set([
  'capture_charge_authorization_expired',
  'charge_already_captured',
  'charge_expired_for_capture',
]);

/** Why Stripe cancels a payment by itself. Any other reason, or none, is a person's or this system's decision. */
const expiryReasons: ReadonlySet<string> = new Set(['automatic', 'expired']);

/** Whether the payment was captured as a whole, or has expired. */
function isClosed({ status, cancellation_reason: reason }: StripePayment): boolean {
  return status === 'succeeded' || (status === 'canceled' && expiryReasons.has(reason ?? ''));
}

/**
 * The refusal that an error of a capture stands for; undefined when it is a fault. All reasons (expired, cancelled, more
 * than was authorized) are one refusal, but those after which another authorization may help.
 *
 * @throws TransientFault when the error names another payment than the expected one.
 */
export function captureRefusalOf(error: unknown, expected: ExpectedPayment): Refusal<CaptureRefusal> | undefined {
  const isCard = isCardError(error);
  const isRefused = isCard || (isInvalidRequest(error, 400) && captureRefusals.has(error.code ?? ''));
  if (!isRefused) return undefined;
  const payment =
    isCard || error.payment_intent !== undefined ? readPayment(error.payment_intent, expected) : undefined;
  if (error.param === 'final_capture') return refuse('SINGLE_CAPTURE', singleCapture);
  if (closedCodes.has(error.code ?? '') || (payment !== undefined && isClosed(payment))) {
    return refuse('AUTHORIZATION_CLOSED', 'The payment holds nothing any more.');
  }
  return refuse('PAYMENT_CAPTURE_REFUSED', `The payment gateway refused the capture (${error.code ?? error.type}).`);
}

/**
 * The payment in its present state, when Stripe refused a request because of that state; undefined for any other error.
 *
 * @throws TransientFault when it is not the expected payment.
 */
export function unexpectedStateOf(error: unknown, expected: ExpectedPayment): StripePayment | undefined {
  if (!isInvalidRequest(error, 400) || error.code !== 'payment_intent_unexpected_state') return undefined;
  return readPayment(error.payment_intent, expected);
}

/** True when the gateway has no payment with the id of the request. */
export function isUnknownPayment(error: unknown): boolean {
  return isInvalidRequest(error, 404) && error.code === 'resource_missing' && error.param === 'intent';
}

/** True when nothing of the payment is left to refund. */
export function isAlreadyRefunded(error: unknown): boolean {
  return isInvalidRequest(error, 400) && error.code === 'charge_already_refunded';
}
