import Stripe from 'stripe';
import { TransientFault } from '../../shared/kernel/faults.ts';

const {
  StripeError,
  StripeConnectionError,
  StripeRateLimitError,
  StripeAPIError,
  StripeAuthenticationError,
  StripeIdempotencyError,
} = Stripe.errors;

/** Another request with the same idempotency key, or on the same object, is still running. */
const conflict = 409;

/** True when the gateway did not accept our key. */
export function isKeyRefused(error: unknown): boolean {
  return error instanceof StripeAuthenticationError;
}

/** True when the idempotency key was used before, with other parameters. */
export function isKeyReused(error: unknown): boolean {
  return error instanceof StripeIdempotencyError;
}

/**
 * A fault as the state machines know it. Neither the gateway's sentence nor the request is kept, for they may hold
 * personal data or a part of the key; Stripe's request id leads to both.
 */
export function faultOf(error: unknown): unknown {
  if (!(error instanceof StripeError)) return error;
  const said = `payment gateway: ${error.type} ${error.code ?? ''} (${error.statusCode ?? 'no answer'}, ${error.requestId ?? 'no request id'})`;
  return mayPass(error) ? new TransientFault(said) : new Error(said);
}

function mayPass(error: InstanceType<typeof StripeError>): boolean {
  if (error instanceof StripeConnectionError || error instanceof StripeRateLimitError) return true;
  // A key that was rotated is refused once: it is read anew before the next attempt.
  if (error instanceof StripeAuthenticationError) return true;
  return (
    error instanceof StripeAPIError &&
    (error.statusCode === undefined || error.statusCode >= 500 || error.statusCode === conflict)
  );
}
