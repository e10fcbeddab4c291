import Stripe from 'stripe';
import { TransientFault } from '../../shared/kernel/faults.ts';

const {
  StripeError,
  StripeInvalidRequestError,
  StripePermissionError,
  StripeAuthenticationError,
  StripeIdempotencyError,
} = Stripe.errors;

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
  // The SDK wraps what the check of the answer threw.
  const { exception } = error.raw as { readonly exception?: unknown };
  if (exception instanceof TransientFault) return exception;
  const { type, code = '', statusCode = 'no answer', requestId = 'no request id' } = error;
  const message = `payment gateway: ${type} ${code} (${statusCode}, ${requestId})`;
  return mayBeMended(error) ? new TransientFault(message) : new Error(message);
}

/**
 * False for errors that another attempt cannot mend: Stripe does not accept the request as it is. An error of any other
 * kind, or one whose type does not fit its status, leaves the outcome unknown. A refused key is transient too: a rotated key
 * is read again before the next attempt.
 */
function mayBeMended(error: InstanceType<typeof StripeError>): boolean {
  const isDefect = error instanceof StripeInvalidRequestError || error instanceof StripePermissionError;
  return !(isDefect && error.rawType === 'invalid_request_error') && !isKeyReused(error);
}
