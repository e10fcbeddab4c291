import Stripe from 'stripe';
import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';

const { StripeCardError, StripeInvalidRequestError } = Stripe.errors;

/** What a customer may be told about a declined card. Issuers want other reasons (stolen, fraud) kept from the payer. */
const tellable: Readonly<Record<string, string>> = {
  authentication_required: 'the bank wants the customer to confirm it',
  expired_card: 'the card has expired',
  incorrect_cvc: 'the security code is wrong',
  insufficient_funds: 'the funds are not sufficient',
};

/** Requests that Stripe calls invalid because of what the customer chose, not because of how we asked. */
const customersChoice: Readonly<Record<string, string>> = {
  resource_missing: 'The payment method does not exist.',
  payment_method_unactivated: 'The payment method cannot be used.',
  payment_method_currency_mismatch: 'The payment method cannot pay in this currency.',
  payment_method_unsupported_type: 'The payment method cannot be used.',
  payment_method_unexpected_state: 'The payment method cannot be used.',
  amount_too_small: 'The amount is below what the payment method accepts.',
  amount_too_large: 'The amount is above what the payment method accepts.',
};

/** The refusal that an error of an authorization stands for, if it is one. */
export function declineOf(error: unknown): Refusal<'PAYMENT_DECLINED'> | undefined {
  if (error instanceof StripeCardError) {
    const reason = tellable[error.decline_code ?? ''] ?? tellable[error.code ?? ''];
    return declined(reason === undefined ? 'The payment was declined.' : `The payment was declined: ${reason}.`);
  }
  const choice = error instanceof StripeInvalidRequestError ? customersChoice[error.code ?? ''] : undefined;
  return choice === undefined ? undefined : declined(choice);
}

export function declined(detail: string): Refusal<'PAYMENT_DECLINED'> {
  return refuse('PAYMENT_DECLINED', detail);
}

/**
 * The refusal that an error of a capture stands for. Whatever Stripe finds wrong with a capture (expired, cancelled,
 * more than was authorized, no second capture on this card), the shipment has to wait for a person.
 */
export function captureRefusalOf(error: unknown): Refusal<'PAYMENT_CAPTURE_REFUSED'> | undefined {
  if (!(error instanceof StripeCardError || error instanceof StripeInvalidRequestError)) return undefined;
  return refuse('PAYMENT_CAPTURE_REFUSED', `The payment gateway refused the capture (${error.code ?? error.type}).`);
}

/** The payment as it is, when Stripe refuses a request because of the state it is in. */
export function unexpectedStateOf(error: unknown): Stripe.PaymentIntent | undefined {
  if (!(error instanceof StripeInvalidRequestError) || error.code !== 'payment_intent_unexpected_state')
    return undefined;
  return error.payment_intent;
}
