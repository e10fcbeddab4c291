import Stripe from 'stripe';
import { TransientFault } from '../../shared/kernel/faults.ts';
import { UnknownPayment } from '../commands/payment-gateway.ts';

const {
  StripeError,
  StripeConnectionError,
  StripeRateLimitError,
  StripeAPIError,
  StripeAuthenticationError,
  StripeIdempotencyError,
} = Stripe.errors;

/** Status of an answer while another request with the same idempotency key, or on the same object, is in progress. */
const conflict = 409;

/** True when the gateway did not accept the API key. */
export function isKeyRefused(error: unknown): boolean {
  return error instanceof StripeAuthenticationError;
}

/** True when the idempotency key was used before with other parameters. */
export function isKeyReused(error: unknown): boolean {
  return error instanceof StripeIdempotencyError;
}

/**
 * The fault that the state machines see for an error of Stripe's SDK; other errors are returned as they are. The gateway's
 * message and the request are dropped, because they may contain personal data or a part of the key. Stripe's request id
 * identifies both.
 */
export function faultOf(error: unknown): unknown {
  if (!(error instanceof StripeError)) return error;
  const message = `payment gateway: ${error.type} ${error.code ?? ''} (${error.statusCode ?? 'no answer'}, ${error.requestId ?? 'no request id'})`;
  if (error.code === 'resource_missing') return new UnknownPayment(message);
  return isTransient(error) ? new TransientFault(message) : new Error(message);
}

function isTransient(error: InstanceType<typeof StripeError>): boolean {
  if (error instanceof StripeConnectionError || error instanceof StripeRateLimitError) return true;
  // A rotated key is refused once. The secret is read again before the next attempt.
  if (error instanceof StripeAuthenticationError) return true;
  return (
    error instanceof StripeAPIError &&
    (error.statusCode === undefined || error.statusCode >= 500 || error.statusCode === conflict)
  );
}
