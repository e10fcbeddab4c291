import type { TestStore } from './dynamodb.ts';

/**
 * Directs AWS clients that the tested code creates to the endpoints of a test. Must be called before that code is
 * loaded.
 */
export function pointAwsAt(endpoints: {
  readonly store?: Pick<TestStore, 'endpoint'>;
  /** Base URL of all other services. */
  readonly services?: string;
}): void {
  process.env.AWS_REGION = 'us-east-1';
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
  // Without `services`, a call to another service fails at once instead of reaching the internet.
  process.env.AWS_ENDPOINT_URL = endpoints.services ?? 'http://127.0.0.1:9';
  if (endpoints.store !== undefined) process.env.AWS_ENDPOINT_URL_DYNAMODB = endpoints.store.endpoint;
}
