import type { Retrier } from './states-language.ts';

/**
 * Errors after which the same request may succeed: faults of Lambda, timeouts, and `TransientFault`, which steps throw.
 * Refusals and bugs have other names and are not retried.
 */
const transientErrors = [
  'TransientFault',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'States.Timeout',
] as const;

/** For a step with an alternative: when it keeps failing, the saga undoes the order or puts it on hold. */
export const forwardRetries = retries(3);

/** For a step without an alternative: when it keeps failing, a person has to act. */
export const lastResortRetries = retries(5);

/** The pause before a retry is random, of at most 1, 2, 4, 8, then 10 seconds. */
function retries(maxAttempts: number): Retrier {
  return {
    ErrorEquals: transientErrors,
    IntervalSeconds: 1,
    MaxAttempts: maxAttempts,
    BackoffRate: 2,
    MaxDelaySeconds: 10,
    JitterStrategy: 'FULL',
  };
}
