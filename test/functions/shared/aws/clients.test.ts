import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pointAwsAt } from '../../../support/environment.ts';
import { type Answer, isFromSdk, openWire, refusal, type Wire } from './wire.ts';

type Clients = typeof import('../../../../functions/shared/aws/clients.ts');

let wire: Wire;

beforeEach(async () => {
  wire = await openWire();
  pointAwsAt({ services: wire.url });
  // Not the region that a client takes by default.
  vi.stubEnv('AWS_REGION', 'eu-central-1');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await wire.close();
});

/** The functions' clients as a cold start makes them. */
async function clientsWith(client: string): Promise<Clients> {
  vi.stubEnv('AWS_CLIENT', client);
  vi.resetModules();
  return import('../../../../functions/shared/aws/clients.ts');
}

const get = (TableName = 'Orders') => new GetItemCommand({ TableName, Key: { orderId: { S: 'ord_1' } } });

const all = [
  ['dynamo', 'dynamodb', 2, ({ dynamo }: Clients) => dynamo().send(get())],
  ['dynamoOnce', 'dynamodb', 1, ({ dynamoOnce }: Clients) => dynamoOnce().send(get('Inventory'))],
  ['eventBridge', 'events', 2, ({ eventBridge }: Clients) => eventBridge().send(new PutEventsCommand({ Entries: [] }))],
  [
    'stepFunctions',
    'states',
    2,
    ({ stepFunctions }: Clients) => stepFunctions().send(new StartExecutionCommand({ stateMachineArn: 'arn' })),
  ],
  ['sqs', 'sqs', 2, ({ sqs }: Clients) => sqs().send(new ReceiveMessageCommand({ QueueUrl: `${wire.url}/1/queue` }))],
  [
    'secrets',
    'secretsmanager',
    2,
    ({ secrets }: Clients) => secrets().send(new GetSecretValueCommand({ SecretId: 'a' })),
  ],
] as const;

describe.each(['direct', 'sdk'])('with AWS_CLIENT=%s', (kind) => {
  describe.each(all)('the client %s', (name, service, tries, send) => {
    it('signs for its service and region, with the credentials of the environment', async () => {
      const clients = await clientsWith(kind);
      for (let count = 0; count < 3; count++) await send(clients);
      for (const { headers } of wire.received) {
        expect(headers.authorization).toMatch(
          new RegExp(`Credential=test/\\d{8}/eu-central-1/${service}/aws4_request`),
        );
      }
      expect(wire.received).toHaveLength(3);
      expect(wire.connections()).toBe(1);
    });

    it('sends item commands directly only if it is DynamoDB’s and set so', async () => {
      const clients = await clientsWith(kind);
      for (let count = 0; count < 3; count++) await send(clients);
      const isDirect = kind === 'direct' && name.startsWith('dynamo');
      expect(wire.received.map(isFromSdk)).toEqual(isDirect ? [true, false, false] : [true, true, true]);
    });

    it(`sends a request at most ${tries} times, the first command as well as the next`, async () => {
      const clients = await clientsWith(kind);
      await send(clients);
      for (const again of [await clientsWith(kind), clients]) {
        wire.received.length = 0;
        wire.answers = Array.from({ length: 9 }, () => refusal('InternalServerError', 500));
        await expect(send(again)).rejects.toThrow();
        expect(wire.received).toHaveLength(tries);
        wire.answers = [];
      }
    });
  });

  it.each<[what: string, answer: Answer]>([
    ['that is not answered in time', 'silence'],
    ['whose answer stops coming', 'silence within'],
  ])('every client gives up a try %s', async (_, answer) => {
    const clients = await clientsWith(kind);
    for (const [, , , send] of all) await send(clients);
    wire.received.length = 0;
    const seen = new Set<string>();
    wire.decide = ({ headers, body }) => {
      const what = `${headers['x-amz-target']} ${body}`;
      if (seen.has(what)) return refusal('ValidationException');
      seen.add(what);
      return answer;
    };
    const start = performance.now();
    const outcomes = await Promise.allSettled(all.map(([, , , send]) => send(clients)));
    expect(performance.now() - start).toBeLessThan(clients.bounds.answerMs + 5_000);
    const names = outcomes.map((outcome) => outcome.status === 'rejected' && (outcome.reason as Error).name);
    expect(names).toEqual(all.map(([, , tries]) => (tries === 1 ? 'TimeoutError' : 'ValidationException')));
    expect(wire.received).toHaveLength(all.reduce((sum, [, , tries]) => sum + Math.min(tries, 2), 0));
  });

  it('a service that asks for a long wait is not asked again at once, but left to the caller', async () => {
    const { dynamo } = await clientsWith(kind);
    await dynamo().send(get());
    wire.received.length = 0;
    wire.answers = [{ ...(refusal('ThrottlingException') as { status: number }), headers: { 'retry-after': '4' } }];
    const start = performance.now();
    await expect(dynamo().send(get())).rejects.toThrow();
    expect(performance.now() - start).toBeLessThan(4_000);
    expect(wire.received).toHaveLength(1);
  });

  it('a short wait that a service asks for is kept', async () => {
    const { dynamo } = await clientsWith(kind);
    await dynamo().send(get());
    wire.answers = [
      { ...(refusal('InternalServerError', 500) as { status: number }), headers: { 'x-amz-retry-after': '600' } },
    ];
    const start = performance.now();
    await dynamo().send(get());
    expect(performance.now() - start).toBeGreaterThanOrEqual(590);
  });

  it('the clients are made once', async () => {
    const clients = await clientsWith(kind);
    expect(clients.dynamo()).toBe(clients.dynamo());
    expect(clients.dynamo()).not.toBe(clients.dynamoOnce());
  });
});

it('a cold start fails when AWS_CLIENT names neither', async () => {
  await expect(clientsWith('plain')).rejects.toThrow('AWS_CLIENT');
});
