import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { isTransient } from '../../../functions/shared/kernel/faults.ts';
import { addSeconds, type Instant } from '../../../functions/shared/kernel/time.ts';
import { secretStore } from '../../../functions/shared/secret-store.ts';
import { type AwsEndpoint, awsEndpoint } from '../../support/aws-endpoint.ts';
import { pointAwsAt } from '../../support/environment.ts';

let services: AwsEndpoint;
let now: Instant;
let secretString: string;

beforeAll(async () => {
  services = await awsEndpoint();
  pointAwsAt({ services: services.url });
  services.answer = () => ({ body: { SecretString: secretString } });
});
afterAll(() => services.close());
beforeEach(() => {
  now = '2026-11-22T09:30:00.000Z' as Instant;
  services.calls.length = 0;
  secretString = JSON.stringify({ apiKey: 'sk_1', webhookSecret: 'whsec_1' });
});

const newStore = () => secretStore('payment-secret', () => now);

test('a secret is read once and cached', async () => {
  const store = newStore();
  const read = await Promise.all([store.read(), store.read(), store.read()]);
  expect(read[0]).toEqual({ apiKey: 'sk_1', webhookSecret: 'whsec_1' });
  now = addSeconds(now, 299);
  await store.read();
  const asked = services.calls.map(({ operation, input }) => ({ operation, input }));
  expect(asked).toEqual([{ operation: 'GetSecretValue', input: { SecretId: 'payment-secret' } }]);
});

test('a rotated secret is used within five minutes, or as soon as the old one is refused', async () => {
  const store = newStore();
  await store.read();
  secretString = JSON.stringify({ apiKey: 'sk_2', webhookSecret: 'whsec_1' });
  now = addSeconds(now, 300);
  expect(await store.read()).toMatchObject({ apiKey: 'sk_2' });
  secretString = JSON.stringify({ apiKey: 'sk_3', webhookSecret: 'whsec_1' });
  expect(await store.read()).toMatchObject({ apiKey: 'sk_2' });
  store.forget();
  expect(await store.read()).toMatchObject({ apiKey: 'sk_3' });
});

test.each(['sk_secret_key', '{"apiKey":"sk_secret_key"}', '{"apiKey":"sk_secret_key","webhookSecret":5}', ''])(
  'a secret of another shape is refused without quoting it: %s',
  async (text) => {
    secretString = text;
    const fault = await newStore()
      .read()
      .catch((error: Error) => error);
    expect(fault).toBeInstanceOf(Error);
    expect((fault as Error).message).not.toContain('sk_secret_key');
  },
);

test.each(['AccessDeniedException', 'ResourceNotFoundException', 'DecryptionFailure', 'InvalidRequestException'])(
  'a secret that is not to be had (%s) is a fault of the configuration',
  async (name) => {
    services.answer = () => ({ status: 400, body: { __type: name, message: 'no' } });
    await expect(newStore().read()).rejects.toMatchObject({
      name: 'ConfigurationFault',
      message: `secret payment-secret cannot be read (${name})`,
    });
    services.answer = () => ({ body: { SecretString: secretString } });
  },
);

test.each([
  [400, 'ThrottlingException'],
  [500, 'InternalServiceError'],
  [400, 'ExpiredTokenException'],
])('a secret that cannot be read at present (%i, %s) may be read later', async (status, name) => {
  services.answer = () => ({ status, body: { __type: name, message: 'no' } });
  const fault = await newStore()
    .read()
    .catch((error: Error) => error);
  expect(isTransient(fault)).toBe(true);
  services.answer = () => ({ body: { SecretString: secretString } });
});

test('a failed read is not cached', async () => {
  const store = newStore();
  secretString = 'not yet';
  await expect(store.read()).rejects.toThrow('is not {"apiKey","webhookSecret"}');
  secretString = JSON.stringify({ apiKey: 'sk_1', webhookSecret: 'whsec_1' });
  expect(await store.read()).toMatchObject({ apiKey: 'sk_1' });
});
