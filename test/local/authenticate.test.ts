import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { authenticator, credentialsOf } from '../../local/aws/authenticate.ts';
import type { AwsCall } from '../../local/aws/call.ts';

const writer = credentialsOf({ name: 'Writer' });

interface Sent {
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array;
}

/** The call that a client of the SDK makes, signed by the SDK. */
async function callOf(
  send: (settings: object) => Promise<unknown>,
  credentials = writer,
  region = 'us-east-1',
): Promise<AwsCall> {
  const sent: Sent[] = [];
  const requestHandler = {
    handle: async (request: Sent) => {
      sent.push(request);
      throw new Error('not sent');
    },
  };
  await expect(send({ region, credentials, requestHandler, maxAttempts: 1 })).rejects.toThrow('not sent');
  const [{ headers, body } = { headers: {}, body: '' }] = sent;
  const target = headers['x-amz-target'] ?? '';
  return { target, headers, body: typeof body === 'string' ? body : new TextDecoder().decode(body) };
}

const putting = (text: string) => (settings: object) =>
  new DynamoDBClient(settings).send(new PutItemCommand({ TableName: 'Notes', Item: { id: { S: text } } }));

const authenticate = authenticator([{ name: 'Writer' }], 'us-east-1');
const invalid = (message: string) =>
  expect.objectContaining({ name: 'InvalidSignatureException', status: 400, message });
const refusalOf = (call: AwsCall) => {
  try {
    return authenticate(call);
  } catch (error) {
    return error;
  }
};

describe('the caller of a service', () => {
  test('is the function whose key signed the call, for any content', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        const QueueUrl = 'https://sqs.us-east-1.amazonaws.com/000000000000/q';
        for (const send of [
          putting(text),
          (settings: object) =>
            new EventBridgeClient(settings).send(new PutEventsCommand({ Entries: [{ Detail: text }] })),
          (settings: object) =>
            new SFNClient(settings).send(new StartExecutionCommand({ stateMachineArn: 'm', input: text })),
          (settings: object) =>
            new SQSClient(settings).send(new SendMessageCommand({ QueueUrl, MessageBody: `m${text}` })),
          (settings: object) =>
            new SecretsManagerClient(settings).send(new GetSecretValueCommand({ SecretId: `s${text}` })),
        ]) {
          expect(authenticate(await callOf(send))).toBe('Writer');
        }
      }),
      { numRuns: 20 },
    );
  });

  test('is no function when the key belongs to none, whatever the signature', async () => {
    const other = { accessKeyId: 'OUTSIDE', secretAccessKey: 'x' };
    const call = await callOf(putting('a'), other, 'eu-central-1');
    expect(authenticate({ ...call, body: 'changed' })).toBe('');
  });

  test('must be named by a signature', async () => {
    const { headers, ...call } = await callOf(putting('a'));
    for (const authorization of [undefined, '', 'Bearer x', headers.authorization?.replace('aws4_request', 'x')]) {
      const { authorization: _, ...without } = headers;
      const changed = authorization === undefined ? without : { ...headers, authorization };
      expect(refusalOf({ ...call, headers: changed })).toMatchObject({ name: 'MissingAuthenticationTokenException' });
    }
  });
});

describe('a call is refused', () => {
  const signed = () => callOf(putting('a'));
  const withHeaders = async (change: Record<string, string>) => {
    const call = await signed();
    return { ...call, headers: { ...call.headers, ...change } };
  };

  test('that is signed for another region', async () => {
    expect(refusalOf(await callOf(putting('a'), writer, 'eu-central-1'))).toEqual(
      invalid("Credential should be scoped to a valid region, not 'eu-central-1'."),
    );
  });

  test('that is signed for another service', async () => {
    const call = await signed();
    expect(refusalOf({ ...call, target: 'AmazonSQS.SendMessage' })).toEqual(
      invalid("Credential should be scoped to correct service: 'sqs'."),
    );
  });

  test('that was signed with another key, or changed after it was signed', async () => {
    const mismatch = invalid('The request signature we calculated does not match the signature you provided.');
    const call = await signed();
    expect(refusalOf(await callOf(putting('a'), { ...writer, secretAccessKey: 'another' }))).toEqual(mismatch);
    expect(refusalOf({ ...call, body: `${call.body} ` })).toEqual(mismatch);
    expect(refusalOf(await withHeaders({ host: 'somewhere.else' }))).toEqual(mismatch);
    const authorization = call.headers.authorization?.replace(/.$/, (last) => (last === '0' ? '1' : '0')) ?? '';
    expect(refusalOf(await withHeaders({ authorization }))).toEqual(mismatch);
    expect(refusalOf(await withHeaders({ authorization: `${authorization}0` }))).toEqual(mismatch);
  });

  test('that has headers which are not signed', async () => {
    const message = expect.stringContaining('must be signed');
    expect(refusalOf(await withHeaders({ 'x-amz-security-token': 'another' }))).toMatchObject({ message });
    const { headers } = await signed();
    const authorization = headers.authorization?.replace(';host;', ';') ?? '';
    expect(refusalOf(await withHeaders({ authorization }))).toMatchObject({ message });
  });

  test('that was signed more than five minutes ago, for later, or on another day', async () => {
    const at = (ms: number) => new Date(Date.now() + ms).toISOString().replace(/[-:]|\.\d+/g, '');
    const day = 24 * 60 * 60_000;
    for (const [ms, message] of [
      [-301_000, 'Signature expired'],
      [301_000, 'Signature expired'],
      [day, 'Date in Credential scope does not match'],
    ] as const) {
      const call = await withHeaders({ 'x-amz-date': at(ms) });
      const authorization = call.headers.authorization?.replace(/\/\d{8}\//, `/${at(ms % day).slice(0, 8)}/`) ?? '';
      const refusal = refusalOf({ ...call, headers: { ...call.headers, authorization } });
      expect(refusal).toMatchObject({ message: expect.stringContaining(message) });
    }
  });

  test('however often the same function has called before', async () => {
    const call = await signed();
    for (let n = 0; n < 300; n++) expect(authenticate(call)).toBe('Writer');
    for (let n = 0; n < 300; n++) expect(() => authenticate({ ...call, body: 'changed' })).toThrow('does not match');
  });
});
