import type { TestStore } from './dynamodb.ts';

/** Lets code that makes its own AWS clients reach what a test runs, and nothing else. Call it before that code is first used. */
export function pointAwsAt(endpoints: {
  readonly store?: Pick<TestStore, 'endpoint'>;
  /** Base URL that answers for every other service. */
  readonly services?: string;
}): void {
  process.env.AWS_REGION = 'us-east-1';
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
  // Whatever a test forgot to name is refused at once instead of reaching the internet.
  process.env.AWS_ENDPOINT_URL = endpoints.services ?? 'http://127.0.0.1:9';
  if (endpoints.store !== undefined) process.env.AWS_ENDPOINT_URL_DYNAMODB = endpoints.store.endpoint;
}
