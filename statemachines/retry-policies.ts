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
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'States.Timeout',
] as const;

/**
 * Errors for lack of capacity: Lambda refuses to run the function because the account's concurrency is used up, or a step
 * has met throttled tables. They decide nothing about the order.
 */
export const overloadErrors = ['OverloadFault', 'Lambda.TooManyRequestsException'] as const;

/** For a step with an alternative: when it keeps failing, the saga undoes the order or puts it on hold. */
export const forwardRetries = retries(3);

/** For a step without an alternative: when it keeps failing, a person has to act. */
export const lastResortRetries = retries(5);

/**
 * For every step. The pauses are random, of at most 1, 2, 4, 8, 16, then 20 seconds: at most 171 seconds and usually half
 * of that. One step's overload therefore ends within the five minutes of an Express execution, and that of the three steps
 * after the hold on the stock within the hold.
 */
export const overloadRetries: Retrier = {
  ErrorEquals: overloadErrors,
  IntervalSeconds: 1,
  MaxAttempts: 12,
  BackoffRate: 2,
  MaxDelaySeconds: 20,
  JitterStrategy: 'FULL',
};

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
