/**
 * A fault whose cause may pass: a timeout, a throttle, a 5xx answer, a cut connection. The interrupted effect may or may
 * not have happened. The state machines retry this name and no refusal's code.
 */
export class TransientFault extends Error {
  override readonly name = 'TransientFault';
}

/**
 * A fault for lack of capacity of the system's own tables: throttled, contended or not available. Sagas retry this name for
 * minutes and then end without a decision, so that an overload delays orders and does not reject them.
 */
export class OverloadFault extends Error {
  override readonly name = 'OverloadFault';
}

/** Names with which DynamoDB throttles. No gateway uses them. */
const throttlingNames = new Set([
  'OverloadFault',
  'ThrottlingException',
  'ThrottledException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
]);

/** True when DynamoDB throttled the request that failed, or the one that caused the failure. */
export function isThrottled(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return throttlingNames.has(error.name) || (error.cause !== error && isThrottled(error.cause));
}

const transientNames = new Set([
  'TransientFault',
  'OverloadFault',
  'TimeoutError',
  'RequestTimeout',
  'RequestTimeoutException',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'TransactionConflictException',
  'TransactionInProgressException',
  'InternalServerError',
  'InternalFailure',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
]);

/** True when a later attempt may succeed, by the name, socket code or HTTP status of the error or of its cause. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (transientNames.has(error.name)) return true;
  const details = error as { code?: unknown; $metadata?: { httpStatusCode?: number }; $retryable?: unknown };
  if (typeof details.code === 'string' && transientNames.has(details.code)) return true;
  const status = details.$metadata?.httpStatusCode ?? 0;
  if (status >= 500 || status === 429 || details.$retryable !== undefined) return true;
  return error.cause !== error && isTransient(error.cause);
}
