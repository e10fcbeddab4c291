import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { credentialsOf } from '../../local/aws/authenticate.ts';
import { type Local, startLocal } from '../../local/index.ts';
import { fixtureApp, fixtureFunction, writeAssembly } from './fixtures/fixture-app.ts';

let local: Local;
let endpoint: string;

beforeAll(async () => {
  const stacks = fixtureApp();
  Object.assign(stacks.services.Resources, fixtureFunction('Anything', 'call', ['dynamodb:*']));
  local = await startLocal({ assembly: writeAssembly(stacks), memory: true });
  const { body } = (await local.invoke('Echo', {})) as { body: string };
  endpoint = JSON.parse(body).environment.AWS_ENDPOINT_URL;
});

beforeEach(() => {
  local.faults.clear();
  local.resetMeter();
});

afterAll(() => local.stop());

/** A client of the store with the credentials of that function. */
function client(name: string): DynamoDBClient {
  const credentials = credentialsOf({ name });
  return new DynamoDBClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
}

const put = (id: string, more: object = {}) =>
  new PutItemCommand({ TableName: 'Notes', Item: { id: { S: id } }, ...more });

const get = { target: 'DynamoDB_20120810.GetItem', input: { TableName: 'Notes', Key: { id: { S: 'a' } } } };

test('a function may do what its role allows', async () => {
  await expect(client('First').send(put('a'))).resolves.toBeDefined();
  await expect(local.invoke('Call', get)).resolves.toMatchObject({ Item: { id: { S: 'a' } } });
});

test('what the role does not allow is refused, in the parts of a transaction too', async () => {
  await expect(client('Call').send(put('b'))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  const transaction = {
    target: 'DynamoDB_20120810.TransactWriteItems',
    input: { TransactItems: [{ Put: { TableName: 'Notes', Item: { id: { S: 'c' } } } }] },
  };
  await expect(local.invoke('Call', transaction)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining(
      'dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table/Notes',
    ),
  });
});

test('units are counted by function and table: written, read, and refused', async () => {
  await client('First').send(put('m', { Item: { id: { S: 'm' }, text: { S: 'x'.repeat(2500) } } }));
  const refused = client('First').send(put('m', { ConditionExpression: 'attribute_not_exists(id)' }));
  await expect(refused).rejects.toThrow(ConditionalCheckFailedException);
  await local.invoke('Call', get);
  const { functions, tables } = local.meter();
  expect(functions.First).toMatchObject({ storeCalls: 2, writeUnits: 3 + 1 });
  expect(functions.Call).toMatchObject({ storeCalls: 1, readUnits: 0.5, invocations: 1 });
  expect(tables.Notes).toMatchObject({ writeUnits: 4, readUnits: 0.5 });
});

test('the units of each operation are counted', async () => {
  const [TableName, Key] = ['Notes', { id: { S: 'u' } }];
  const item = (text: string) => ({ TableName, Item: { ...Key, text: { S: text } } });
  const absent = { ConditionExpression: 'attribute_not_exists(id)' };
  const deletion = { Delete: { TableName, Key: { id: { S: 'v' } } } };
  const calls: [operation: string, input: object, units: { read?: number; write?: number }][] = [
    ['PutItem', item('x'.repeat(1500)), { write: 2 }],
    ['PutItem', { ...item('x'.repeat(3000)), ...absent }, { write: 3 }],
    ['TransactWriteItems', { TransactItems: [{ Put: item('y') }, deletion] }, { write: 6 }],
    ['TransactWriteItems', { TransactItems: [{ Put: { ...item('y'), ...absent } }] }, { write: 2 }],
    ['BatchWriteItem', { RequestItems: { Notes: [{ PutRequest: { Item: { id: { S: 'w' } } } }] } }, { write: 1 }],
    ['GetItem', { TableName, Key, ConsistentRead: true }, { read: 1 }],
    ['BatchGetItem', { RequestItems: { Notes: { Keys: [Key] } } }, { read: 0.5 }],
    ['Scan', { TableName, ConsistentRead: true }, { read: 1 }],
    ['DeleteItem', { TableName, Key }, { write: 1 }],
  ];
  for (const [operation, input, { read = 0, write = 0 }] of calls) {
    local.resetMeter();
    await local.invoke('Anything', { target: `DynamoDB_20120810.${operation}`, input }).catch(() => undefined);
    const { functions, tables } = local.meter();
    const units = { readUnits: read, writeUnits: write };
    expect
      .soft([operation, functions.Anything, tables.Notes])
      .toMatchObject([operation, { storeCalls: 1, ...units }, { calls: expect.any(Number), ...units }]);
  }
});

test('a fault strikes from the next call on, until faults are cleared', async () => {
  const read = () => local.invoke('Call', get);
  await read();
  local.faults.add({ kind: 'error', function: 'Call', times: Number.POSITIVE_INFINITY });
  for (let n = 0; n < 3; n++) await expect(read()).rejects.toMatchObject({ name: 'InternalServerError' });
  local.faults.clear();
  await expect(read()).resolves.toBeDefined();
});

test.each([
  ['throttle', 'ProvisionedThroughputExceededException'],
  ['error', 'InternalServerError'],
] as const)('an injected %s is what the SDK would see, once', async (kind, name) => {
  local.faults.add({ kind, function: 'First', table: 'Notes', operation: 'PutItem' });
  await expect(client('Second').send(put('f'))).resolves.toBeDefined();
  await expect(client('First').send(put('f'))).rejects.toMatchObject({ name });
  await expect(client('First').send(put('f'))).resolves.toBeDefined();
});

test('an injected conflict cancels a transaction, once, and nothing else', async () => {
  local.faults.add({ kind: 'conflict', function: 'First', table: 'Notes' });
  await expect(client('First').send(put('c'))).resolves.toBeDefined();
  const transaction = () => new TransactWriteItemsCommand({ TransactItems: [{ Put: put('c').input as never }] });
  await expect(client('First').send(transaction())).rejects.toMatchObject({ name: 'TransactionCanceledException' });
  await expect(client('First').send(transaction())).resolves.toBeDefined();
});

test('a reset connection leaves nothing behind, a lost acknowledgement does', async () => {
  local.faults.add({ kind: 'reset', nth: 1 }, { kind: 'lost', nth: 2 });
  await expect(client('First').send(put('reset'))).rejects.toThrow();
  await expect(client('First').send(put('lost'))).rejects.toThrow();
  const read = async (id: string) =>
    (await local.invoke('Call', { ...get, input: { TableName: 'Notes', Key: { id: { S: id } } } })) as {
      Item?: object;
    };
  expect(await read('reset')).not.toHaveProperty('Item');
  expect(await read('lost')).toHaveProperty('Item');
});

test('concurrent calls are all answered, with large items too', async () => {
  const dynamo = client('First');
  const text = { S: 'ü'.repeat(50_000) };
  const puts = Array.from({ length: 40 }, (_, n) => dynamo.send(put('', { Item: { id: { S: `p${n}` }, text } })));
  await Promise.all(puts);
  const read = { ...get, input: { TableName: 'Notes', Key: { id: { S: 'p39' } } } };
  expect(await local.invoke('Call', read)).toMatchObject({ Item: { text } });
});

test('a service or operation that the runner does not support is refused by name', async () => {
  await expect(local.invoke('Call', { target: 'AWSEvents.PutRule', input: {} })).rejects.toThrow('AWSEvents.PutRule');
});
