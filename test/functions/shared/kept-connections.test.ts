import { get, type Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { stripeClient } from '../../../functions/payments/adapters/stripe-client.ts';
import { idleBeforeOnceMs, idleBeforeRepeatedMs, keptConnections } from '../../../functions/shared/kept-connections.ts';
import type { SecretStore } from '../../../functions/shared/secret-store.ts';
import { easypostClient } from '../../../functions/shipping/adapters/easypost-client.ts';
import { pointAwsAt } from '../../support/environment.ts';
import { type Death, type MortalServer, startMortalServer } from '../../support/mortal-server.ts';

/** What a socket that died during a freeze may cost. */
const longestMs = 1_500;

const reference = 'ord_00000000000000000000000000-shp_00000000000000000000000000';
const rate = { id: 'rate_1', carrier: 'SandboxPost', service: 'Economy', rate: '5.10' };
const shipment = {
  id: 'shp_1',
  object: 'Shipment',
  reference,
  status: 'pre_transit',
  tracking_code: '9400',
  postage_label: { label_url: 'http://labels.test/1.pdf' },
  selected_rate: rate,
  rates: [rate],
};
const answers = [
  ['/v1/', JSON.stringify({ id: 'pi_1', object: 'payment_intent', status: 'requires_capture' })],
  ['/v2/', JSON.stringify(shipment)],
] as const;

const deaths: Death[] = ['closed', 'reset', 'dropped'];

let server: MortalServer;

beforeEach(async () => {
  server = await startMortalServer(answers);
  pointAwsAt({ services: server.url, store: { endpoint: server.url } });
});
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await server.close();
});

async function clientsWith(kind: string) {
  vi.stubEnv('AWS_CLIENT', kind);
  vi.resetModules();
  return import('../../../functions/shared/aws/clients.ts');
}

const secretOf = (apiKey: string): SecretStore => ({
  read: async () => ({ apiKey, webhookSecret: '' }),
  forget: () => undefined,
});

/** Sends through a client whose connection is kept, freezes, sends again; answers how that went. */
async function acrossFreeze(send: () => Promise<unknown>, death: Death, forMs: number, clockMs = 0) {
  for (let count = 0; count < 2; count++) await send();
  expect(await server.seen()).toMatchObject({ connections: 1 });
  server.freeze(death, forMs);
  if (clockMs > 0) vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + clockMs });
  const start = performance.now();
  await send();
  const tookMs = performance.now() - start;
  return { tookMs, requests: (await server.seen()).requests };
}

describe.each(deaths)('connections that were %s while the environment was frozen', (death) => {
  const key = { orderId: { S: 'ord_1' } };
  const increment = new UpdateItemCommand({ TableName: 'Inventory', Key: key, UpdateExpression: 'ADD units :one' });
  const senders: [name: string, sender: () => Promise<() => Promise<unknown>>, requests: string[]][] = [
    ...['direct', 'sdk'].map((kind): (typeof senders)[number] => [
      `a write of dynamoOnce (${kind})`,
      async () => {
        const { dynamoOnce } = await clientsWith(kind);
        return () => dynamoOnce().send(increment);
      },
      ['DynamoDB_20120810.UpdateItem'],
    ]),
    [
      'a payment',
      async () => {
        const client = stripeClient(server.url, secretOf('sk_test_1'));
        return async () => (await client()).paymentIntents.create({ amount: 100, currency: 'eur' });
      },
      ['POST /v1/payment_intents'],
    ],
    [
      'the purchase of a label',
      async () => {
        const client = easypostClient(server.url, secretOf('EZTK_test'));
        return async () => (await client()).Shipment.buy('shp_1', 'rate_1');
      },
      ['POST /v2/shipments/shp_1/buy'],
    ],
  ];

  test.each(senders)('do not interrupt %s, which is sent once', async (_, sender, requests) => {
    const outcome = await acrossFreeze(await sender(), death, idleBeforeOnceMs + 100);
    expect(outcome.requests).toEqual(requests);
    expect(outcome.tookMs).toBeLessThan(longestMs);
  });

  test.each(['direct', 'sdk'])('do not delay requests that may be repeated (%s)', async (kind) => {
    const { dynamo, secrets } = await clientsWith(kind);
    const put = new PutItemCommand({ TableName: 'Orders', Item: key });
    for (const send of [
      () => dynamo().send(put),
      () => dynamo().send(new GetItemCommand({ TableName: 'Orders', Key: key })),
      () => secrets().send(new GetSecretValueCommand({ SecretId: 'a' })),
    ]) {
      const outcome = await acrossFreeze(send, death, 0, idleBeforeRepeatedMs + 100);
      expect(outcome.requests).toHaveLength(1);
      expect(outcome.tookMs).toBeLessThan(longestMs);
      vi.useRealTimers();
      dynamo().destroy();
      secrets().destroy();
    }
  });
});

test.each<Death>(['closed', 'reset'])(
  'a request that may be repeated is, at once, when its connection was %s',
  async (death) => {
    const { dynamo } = await clientsWith('direct');
    const put = new PutItemCommand({ TableName: 'Orders', Item: { orderId: { S: 'ord_1' } } });
    const { tookMs } = await acrossFreeze(() => dynamo().send(put), death, 100);
    expect(tookMs).toBeLessThan(longestMs);
  },
);

describe('an agent', () => {
  const request = (agent: HttpAgent) =>
    new Promise<void>((resolve, reject) => {
      get(server.url, { agent }, (response) => response.resume().on('end', () => setImmediate(resolve))).on(
        'error',
        reject,
      );
    });
  const connectionsOf = async (agent: HttpAgent, ...ages: number[]) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    await request(agent);
    for (const ageMs of ages) {
      vi.setSystemTime(Date.now() + ageMs);
      await request(agent);
    }
    agent.destroy();
    return (await server.seen()).connections;
  };

  test('uses a connection again within the limit, and not after it', async () => {
    expect(await connectionsOf(keptConnections('http:', 1_000), 0, 900, 900)).toBe(1);
    expect(await connectionsOf(keptConnections('http:', 1_000), 900, 1_001, 900)).toBe(2);
  });

  test('does not trust a connection after the clock was set back', async () => {
    expect(await connectionsOf(keptConnections('http:', 1_000), -10)).toBe(2);
  });

  test('keeps those that became idle last, of several', async () => {
    const agent = keptConnections('http:', 1_000);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    await Promise.all([request(agent), request(agent), request(agent)]);
    vi.setSystemTime(Date.now() + 800);
    await request(agent);
    vi.setSystemTime(Date.now() + 800);
    await request(agent);
    expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);
    expect((await server.seen()).connections).toBe(3);
    agent.destroy();
  });

  test('is of the protocol, with the options it was given', () => {
    const options = { host: 'dynamodb.eu-central-1.amazonaws.com', port: 443, servername: 'a' };
    const agent = keptConnections('https:', 1_000, { maxSockets: 50 });
    expect(agent).toBeInstanceOf(HttpsAgent);
    expect(agent.maxSockets).toBe(50);
    expect(agent.getName(options)).toBe(new HttpsAgent().getName(options));
    expect(keptConnections('http:', 1_000)).not.toBeInstanceOf(HttpsAgent);
  });
});
