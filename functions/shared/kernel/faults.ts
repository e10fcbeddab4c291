/**
 * A fault whose cause may pass: a timeout, a throttle, a 5xx answer, a cut connection. The interrupted effect may or may
 * not have happened. The state machines retry this name and no refusal's code.
 */
export class TransientFault extends Error {
  override readonly name = 'TransientFault';
}

/**
 * A fault of this deployment: a secret that cannot be read or is empty, a setting that lacks a value. Neither a repetition nor
 * the customer can mend it. An order that meets it waits for a person.
 */
export class ConfigurationFault extends Error {
  static readonly code = 'ConfigurationFault';
  override readonly name = ConfigurationFault.code;
}

/**
 * A fault for lack of capacity of the system's own tables: throttled, contended or not available. Sagas retry this name for
 * minutes and then end without a decision, so that an overload delays orders and does not reject them.
 */
export class OverloadFault extends Error {
  override readonly name = 'OverloadFault';
}

/** Names of errors and codes of sockets whose cause may pass. A test compares them with the lists of the AWS SDK's retries. */
const transientNames = new Set([
  'TransientFault',
  'OverloadFault',
  // No answer in time.
  'TimeoutError',
  'RequestTimeout',
  'RequestTimeoutException',
  // Throttled.
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'ExecutionLimitExceeded',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingError',
  'ThrottlingException',
  'TooManyRequestsException',
  // Another request is at work on the same items.
  'TransactionConflictException',
  'TransactionInProgressException',
  // The service itself.
  'InternalFailure',
  'InternalServerError',
  'InternalServiceError',
  'InternalServiceErrorException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  // The clock differs too much, or the credentials have expired: the SDK corrects the one and fetches the other anew.
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  // No connection, or one that was cut.
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'EAI_FAIL',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'EPROTO',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ESOCKETTIMEDOUT',
  'ETIMEDOUT',
]);

/** Codes of Node's HTTP parser and of zlib: an answer that is no HTTP, or is compressed and damaged. */
const unreadableAnswer = /^(HPE_|Z_)/;

/** The message of a signature that is refused for its time; another refused signature is a wrong key. */
const skewedSignature = /^Signature (expired|not yet current)/;

/** What the AWS SDK adds to an error. `$response` is the answer that it could not read or that was an error. */
interface Details {
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly clockSkewCorrected?: boolean };
  readonly $response?: { readonly statusCode?: number };
  readonly $retryable?: unknown;
}

/**
 * True when a later attempt may succeed, by the name, socket code or HTTP status of the error or of its cause. An answer that
 * the SDK cannot parse is not the service's: the request may have taken effect.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, $metadata, $response, $retryable } = error as Details;
  if (transientNames.has(error.name) || $retryable !== undefined || $metadata?.clockSkewCorrected === true) return true;
  if (typeof code === 'string' && (transientNames.has(code) || unreadableAnswer.test(code))) return true;
  if (error.name === 'InvalidSignatureException' && skewedSignature.test(error.message)) return true;
  const status = $metadata?.httpStatusCode ?? $response?.statusCode ?? 0;
  if (status >= 500 || status === 429) return true;
  if (error instanceof SyntaxError && $response !== undefined) return true;
  return error.cause !== error && isTransient(error.cause);
}

/** Names of errors of a service that takes no more requests of this kind at present. No gateway's error has such a name. */
const throttles = /Throttl|SlowDown|LimitExceeded|TooManyRequests|ThroughputExceeded/;

/**
 * True when a service of AWS refused the request that failed, or the one that caused the failure, because there are too many.
 * It should be repeated after a pause only.
 */
export function isThrottled(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof OverloadFault || throttles.test(error.name)) return true;
  return error.cause !== error && isThrottled(error.cause);
}
