import Stripe from 'stripe';
import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';

const { StripeCardError, StripeInvalidRequestError } = Stripe.errors;

/**
 * Decline codes whose reason may be shown to the customer. Issuers require that other reasons (stolen, fraud) are not shown.
 */
const disclosedReasons: Readonly<Record<string, string>> = {
  authentication_required: 'the bank wants the customer to confirm it',
  expired_card: 'the card has expired',
  incorrect_cvc: 'the security code is wrong',
  insufficient_funds: 'the funds are not sufficient',
};

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

/** The refusal that an error of an authorization stands for; undefined when it is a fault. */
export function declineOf(error: unknown): Refusal<'PAYMENT_DECLINED'> | undefined {
  if (error instanceof StripeCardError) {
    const reason = disclosedReasons[error.decline_code ?? ''] ?? disclosedReasons[error.code ?? ''];
    return declined(reason === undefined ? 'The payment was declined.' : `The payment was declined: ${reason}.`);
  }
  const detail = error instanceof StripeInvalidRequestError ? customerErrors[error.code ?? ''] : undefined;
  return detail === undefined ? undefined : declined(detail);
}

/** @param detail is shown to the customer. */
export function declined(detail: string): Refusal<'PAYMENT_DECLINED'> {
  return refuse('PAYMENT_DECLINED', detail);
}

/**
 * The refusal that an error of a capture stands for; undefined when it is a fault. All reasons (expired, cancelled, more
 * than was authorized, no second capture on this card) are one refusal: staff has to decide about the shipment.
 */
export function captureRefusalOf(error: unknown): Refusal<'PAYMENT_CAPTURE_REFUSED'> | undefined {
  if (!(error instanceof StripeCardError || error instanceof StripeInvalidRequestError)) return undefined;
  return refuse('PAYMENT_CAPTURE_REFUSED', `The payment gateway refused the capture (${error.code ?? error.type}).`);
}

/** The payment in its present state, when Stripe refused a request because of that state; undefined for any other error. */
export function unexpectedStateOf(error: unknown): Stripe.PaymentIntent | undefined {
  if (!(error instanceof StripeInvalidRequestError) || error.code !== 'payment_intent_unexpected_state')
    return undefined;
  return error.payment_intent;
}
