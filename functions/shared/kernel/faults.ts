/**
 * A fault whose cause may pass: a timeout, a throttle, a 5xx answer, a cut connection. The interrupted effect may or may
 * not have happened. The state machines retry this name and no refusal's code.
 */
export class TransientFault extends Error {
  override readonly name = 'TransientFault';
}

const transientNames = new Set([
  'TransientFault',
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
