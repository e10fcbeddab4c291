/** Directs code that creates its own AWS clients to the test's endpoints only. Call it before that code is first used. */
export function pointAwsAt(endpoints: {
  readonly store?: { readonly endpoint: string };
  /** Base URL for every other service. */
  readonly services?: string;
}): void {
  process.env.AWS_REGION = 'us-east-1';
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
  // A service without an endpoint here is refused at once instead of being called over the internet.
  process.env.AWS_ENDPOINT_URL = endpoints.services ?? 'http://127.0.0.1:9';
  if (endpoints.store !== undefined) process.env.AWS_ENDPOINT_URL_DYNAMODB = endpoints.store.endpoint;
}
