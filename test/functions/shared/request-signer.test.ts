import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Credentials, RequestSigner, type SignableRequest } from '../../../functions/shared/request-signer.ts';

/** The example account of AWS's own test suite for signatures. */
const accessKeyId = 'AKIDEXAMPLE';
const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const keys = { accessKeyId, secretAccessKey };

/** A client of the SDK as it comes, and the requests that it would send. */
function clientOf<Client>(make: (settings: object) => Client, credentials: Credentials) {
  const sent: SignableRequest[] = [];
  const requestHandler = {
    handle: async (request: SignableRequest) => {
      sent.push(request);
      throw new Error('goes nowhere');
    },
  };
  return { client: make({ region: 'eu-central-1', credentials, requestHandler, maxAttempts: 1 }), sent };
}

/** When the SDK signed the request (`20261122T120000Z`). */
function signingDateOf({ headers }: SignableRequest): Date {
  return new Date((headers['x-amz-date'] ?? '').replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
}

/** The same request before it was signed. */
function unsigned(request: SignableRequest): SignableRequest {
  const { authorization, 'x-amz-date': date, 'x-amz-security-token': token, ...headers } = request.headers;
  return { ...request, headers };
}

const text = fc.string({ unit: 'grapheme', maxLength: 40 });

describe('a signature', () => {
  it('is that of AWS for its own example', async () => {
    const signer = new RequestSigner(async () => keys);
    const request = { method: 'POST', path: '/', headers: { host: 'example.amazonaws.com' } };
    const args = { signingDate: '2015-08-30T12:36:00Z', signingRegion: 'us-east-1', signingService: 'service' };
    expect((await signer.sign(request, args)).headers).toEqual({
      host: 'example.amazonaws.com',
      'x-amz-date': '20150830T123600Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, ' +
        'Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    });
  });

  it('is that of the SDK for whatever is sent, with a session or without', async () => {
    const credentials = fc.record({
      accessKeyId: fc.string({ unit: 'binary-ascii', minLength: 1 }).map((each) => Buffer.from(each).toString('hex')),
      secretAccessKey: fc.string({ minLength: 1 }),
      sessionToken: fc.option(fc.base64String({ minLength: 4 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(credentials, text, text, async (who, name, value) => {
        const dynamo = clientOf((settings) => new DynamoDBClient(settings), who);
        const Item = { id: { S: value }, [`x${name}`]: { M: { [`y${value}`]: { S: name } } } };
        await expect(dynamo.client.send(new PutItemCommand({ TableName: 'Orders', Item }))).rejects.toThrow();
        const bus = clientOf((settings) => new EventBridgeClient(settings), who);
        await expect(bus.client.send(new PutEventsCommand({ Entries: [{ Detail: value }] }))).rejects.toThrow();

        const signer = new RequestSigner(async () => who);
        for (const [sent, signingService] of [
          [dynamo.sent, 'dynamodb'],
          [bus.sent, 'events'],
        ] as const) {
          const [theirs] = sent;
          if (theirs === undefined) throw new Error('nothing was sent');
          const args = { signingDate: signingDateOf(theirs), signingRegion: 'eu-central-1', signingService };
          const ours = await signer.sign(unsigned(theirs), args);
          expect(ours.headers).toEqual(theirs.headers);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('goes with the day, the service and the credentials', async () => {
    const rotating: Credentials[] = [keys, { ...keys, secretAccessKey: 'another' }];
    const signed = async (signer: RequestSigner, signingDate: string, signingService: string) => {
      const args = { signingDate, signingRegion: 'us-east-1', signingService };
      const request: SignableRequest = { method: 'POST', path: '/', headers: {} };
      return (await signer.sign(request, args)).headers.authorization;
    };
    let turn = 0;
    const kept = new RequestSigner(async () => rotating[turn] ?? keys);
    const seen = new Set<string | undefined>();
    for (const [who, day, service] of [
      [0, '2026-11-22T23:59:59Z', 'dynamodb'],
      [0, '2026-11-23T00:00:00Z', 'dynamodb'],
      [0, '2026-11-23T00:00:00Z', 'events'],
      [1, '2026-11-23T00:00:00Z', 'events'],
    ] as const) {
      turn = who;
      const authorization = await signed(kept, day, service);
      expect(authorization).toBe(await signed(new RequestSigner(async () => rotating[who] ?? keys), day, service));
      seen.add(authorization);
    }
    expect(seen.size).toBe(4);
  });

  it('is refused where there would be more to sign', async () => {
    const signer = new RequestSigner(async () => keys);
    const args = { signingDate: 0, signingRegion: 'us-east-1', signingService: 's3' };
    for (const change of [{ method: 'GET' }, { path: '/bucket' }, { query: { list: '2' } }]) {
      await expect(signer.sign({ method: 'POST', path: '/', headers: {}, ...change }, args)).rejects.toThrow(
        'only requests',
      );
    }
  });
});
