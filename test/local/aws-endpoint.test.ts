import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { authorizer } from '../../local/authorization.ts';
import { authenticator, credentialsOf } from '../../local/aws/authenticate.ts';
import { AwsEndpoint } from '../../local/aws/aws-endpoint.ts';
import { DynamoEndpoint } from '../../local/dynamodb/dynamo-endpoint.ts';
import { StoreClient } from '../../local/dynamodb/store-client.ts';
import { storeFaults } from '../../local/dynamodb/store-faults.ts';
import { Meter } from '../../local/meter.ts';
import { readStatements } from '../../local/template/permissions.ts';

const permissions = readStatements({
  Statement: { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:PutItem'], Resource: '*table/Notes' },
});
const functions = [{ name: 'Writer', permissions }];

interface Received {
  readonly target: unknown;
  readonly body: string;
}

let server: Server;
let store: StoreClient;
let endpoint: AwsEndpoint;
let url: string;
let meter: Meter;
/** The requests that reached the store, and the tables that were reported as written to. */
let received: Received[];
let written: string[];
/** Answers for the store; undefined closes the connection. */
let answer: (request: Received) => Promise<{ status: number; body: string } | undefined>;

const consumed = '"ConsumedCapacity":{"TableName":"Notes","CapacityUnits":2.0}';
const success = { status: 200, body: `{"Item":{"id":{"S":"ü"}},${consumed}}` };

beforeEach(async () => {
  [received, written] = [[], []];
  answer = async () => success;
  server = createServer(async (request, response) => {
    const asked = { target: request.headers['x-amz-target'], body: await text(request) };
    received.push(asked);
    const answered = await answer(asked);
    if (!answered) response.destroy();
    else response.writeHead(answered.status).end(answered.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  store = new StoreClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  meter = new Meter(undefined);
  endpoint = new AwsEndpoint();
  url = await endpoint.listen();
  endpoint.open({
    authenticate: authenticator(functions, 'us-east-1'),
    dynamo: new DynamoEndpoint({
      region: 'us-east-1',
      store,
      faults: storeFaults(),
      authorize: authorizer(functions),
      app: { tables: [] },
      meter,
      written: (table) => void written.push(table),
    }),
    others: {},
    rest: async () => ({ status: 404, body: '{}' }),
  });
});

afterEach(() => {
  endpoint.close();
  store.close();
  server.close();
  server.closeAllConnections();
});

const client = (credentials = credentialsOf({ name: 'Writer' })) =>
  new DynamoDBClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 });
const put = (TableName: string, id = 'a') => new PutItemCommand({ TableName, Item: { id: { S: id } } });
const get = new GetItemCommand({ TableName: 'Notes', Key: { id: { S: 'a' } } });

test('a call reaches the store, asking for its capacity, and its answer comes back', async () => {
  expect(await client().send(put('Notes', 'grüße'))).toMatchObject({ ConsumedCapacity: { CapacityUnits: 2 } });
  expect(received).toEqual([
    {
      target: 'DynamoDB_20120810.PutItem',
      body: '{"ReturnConsumedCapacity":"TOTAL","TableName":"Notes","Item":{"id":{"S":"grüße"}}}',
    },
  ]);
  expect((await client().send(get)).Item).toEqual({ id: { S: 'ü' } });
});

test('its units are counted, and only a write wakes the consumers of the table', async () => {
  await client().send(put('Notes'));
  await client().send(get);
  expect(meter.read().functions.Writer).toMatchObject({ storeCalls: 2, writeUnits: 2, readUnits: 2 });
  expect(written).toEqual(['Notes']);
});

test('a refused write consumes units, and wakes no consumer', async () => {
  answer = async () => ({ status: 400, body: '{"__type":"x#ConditionalCheckFailedException"}' });
  await expect(client().send(put('Notes'))).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  expect(meter.read().functions.Writer).toMatchObject({ storeCalls: 1, writeUnits: 1 });
  expect(written).toEqual([]);
});

test('a call that the role does not allow, or that is not signed with the function’s key, never reaches the store', async () => {
  await expect(client().send(put('Orders'))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining(
      'dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table/Orders',
    ),
  });
  const stranger = client({ ...credentialsOf({ name: 'Writer' }), secretAccessKey: 'x' });
  await expect(stranger.send(put('Notes'))).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  expect([received, written]).toEqual([[], []]);
});

test('credentials that belong to no function may do anything, and are counted apart', async () => {
  await client({ accessKeyId: 'OUTSIDE', secretAccessKey: 'x' }).send(put('Orders'));
  expect(meter.read().functions['(outside)']).toMatchObject({ storeCalls: 1 });
  expect(written).toEqual(['Orders']);
});

test('a store that closes the connection, or is gone, is an internal failure', async () => {
  answer = async () => undefined;
  const failure = { name: 'InternalFailure', $metadata: { httpStatusCode: 500 } };
  await expect(client().send(get)).rejects.toMatchObject(failure);
  server.close();
  server.closeAllConnections();
  await expect(client().send(get)).rejects.toMatchObject(failure);
  expect(meter.read().functions.Writer).toBeUndefined();
});

test('a body longer than DynamoDB accepts is cut off', async () => {
  const tooLong = fetch(url, { method: 'POST', body: Buffer.alloc(17 * 1024 * 1024 + 1) });
  await expect(tooLong).rejects.toThrow('fetch failed');
  expect(received).toEqual([]);
});

test('an endpoint without services cuts every connection', async () => {
  const starting = new AwsEndpoint();
  await expect(fetch(await starting.listen(), { method: 'POST', body: '{}' })).rejects.toThrow('fetch failed');
  starting.close();
});

test('concurrent calls each receive their own answer', async () => {
  const waiting: (() => void)[] = [];
  answer = ({ body }) =>
    new Promise((resolve) => {
      const [, id = ''] = /"S":"(\d+)"/.exec(body) ?? [];
      waiting.unshift(() => resolve({ status: 200, body: JSON.stringify({ Attributes: { id: { S: id } } }) }));
      if (waiting.length === 40) for (const next of waiting) next();
    });
  const dynamo = client();
  const ids = Array.from({ length: 40 }, (_, n) => String(n));
  const answers = await Promise.all(ids.map((id) => dynamo.send(put('Notes', id))));
  expect(answers.map(({ Attributes }) => Attributes?.id?.S)).toEqual(ids);
});
