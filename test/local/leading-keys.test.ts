import { describe, expect, test } from 'vitest';
import { authorizer } from '../../local/authorization.ts';
import { LeadingKeysOfCall, partitionKeys } from '../../local/dynamodb/leading-keys.ts';
import { accessesOf } from '../../local/dynamodb/store-access.ts';
import { readStatements } from '../../local/template/permissions.ts';

const keyed = (name: string) => [{ AttributeName: name, KeyType: 'HASH' }];
const partitionKey = partitionKeys([
  {
    name: 'Stock',
    definition: {
      KeySchema: keyed('pk'),
      GlobalSecondaryIndexes: [{ IndexName: 'byArrival', KeySchema: keyed('waitSku') }],
    },
  },
  { name: 'Orders', definition: { KeySchema: keyed('orderId') } },
]);
const pk = (value: string) => ({ pk: { S: value } });
const waiting = { ':sku': { S: 'MUG' }, ':since': { S: 'now' } };

/** A call that a function makes, and the partition keys that each of its accesses names. */
const calls: [operation: string, body: object, keys: string[][]][] = [
  ['GetItem', { TableName: 'Stock', Key: pk('R#1') }, [['R#1']]],
  ['PutItem', { TableName: 'Stock', Item: { text: { S: '"Key"' }, ...pk('R#1') } }, [['R#1']]],
  ['UpdateItem', { TableName: 'Stock', Key: pk('I#a') }, [['I#a']]],
  ['DeleteItem', { TableName: 'Stock', Key: pk('W#1') }, [['W#1']]],
  ['Scan', { TableName: 'Stock' }, [[]]],
  [
    'BatchGetItem',
    { RequestItems: { Stock: { Keys: [pk('I#a'), pk('P#a')] }, Orders: { Keys: [{ orderId: { S: 'o' } }] } } },
    [['I#a', 'P#a'], ['o']],
  ],
  [
    'TransactWriteItems',
    {
      TransactItems: [
        { Put: { TableName: 'Stock', Item: pk('R#1') } },
        { Update: { TableName: 'Stock', Key: pk('I#a') } },
        { ConditionCheck: { TableName: 'Stock', Key: pk('P#a') } },
        { Delete: { TableName: 'Stock', Key: pk('W#1') } },
      ],
    },
    [['R#1'], ['I#a'], ['P#a'], ['W#1']],
  ],
  ['TransactGetItems', { TransactItems: [{ Get: { TableName: 'Stock', Key: pk('R#1') } }] }, [['R#1']]],
  [
    'Query',
    {
      TableName: 'Stock',
      IndexName: 'byArrival',
      KeyConditionExpression: 'waitSince > :since AND #sku = :sku',
      ExpressionAttributeNames: { '#sku': 'waitSku' },
      ExpressionAttributeValues: waiting,
    },
    [['MUG']],
  ],
  ['Query', { TableName: 'Stock', KeyConditionExpression: 'pk = :sku', ExpressionAttributeValues: waiting }, [['MUG']]],
];

test.each(calls)('%s names partition keys', (operation, body, keys) => {
  const text = JSON.stringify(body);
  const found = new LeadingKeysOfCall(operation, text, partitionKey);
  expect(accessesOf(operation, text).map((access, position) => found.of(access, position))).toEqual(keys);
});

describe('a grant on some kinds of items', () => {
  const permissions = readStatements({
    Statement: [
      {
        Effect: 'Allow',
        Action: ['dynamodb:PutItem', 'dynamodb:BatchGetItem'],
        Resource: 'arn:stock',
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['R#*', 'I#*'] } },
      },
      { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: 'arn:orders' },
    ],
  });
  const used: string[] = [];
  const authorize = authorizer([{ name: 'Reserve', permissions }], (...use) => used.push(JSON.stringify(use)));
  const may = (action: string, resource: string, keys: readonly string[]) => () =>
    authorize('Reserve', action, resource, () => keys);

  test('allows items of these kinds', () => {
    expect(may('dynamodb:PutItem', 'arn:stock', ['R#1'])).not.toThrow();
    expect(may('dynamodb:BatchGetItem', 'arn:stock', ['R#1', 'I#a'])).not.toThrow();
    expect(used).toHaveLength(2);
  });

  test.each([[['P#a']], [['R#1', 'P#a']], [['xR#1']], [['']], [['r#1']]])('refuses %j', (keys) => {
    used.length = 0;
    expect(may('dynamodb:BatchGetItem', 'arn:stock', keys)).toThrow(/not authorized to perform: dynamodb:BatchGetItem/);
    expect(used).toEqual([]);
  });

  test('decides each call by its own keys, after one that was allowed too', () => {
    expect(may('dynamodb:PutItem', 'arn:stock', ['I#a'])).not.toThrow();
    expect(may('dynamodb:PutItem', 'arn:stock', ['P#a'])).toThrow('not authorized');
    expect(may('dynamodb:PutItem', 'arn:orders', ['P#a'])).not.toThrow();
  });

  test('is true for a call without keys, as in IAM', () => {
    expect(may('dynamodb:PutItem', 'arn:stock', [])).not.toThrow();
  });

  test.each([
    { StringEquals: { 'aws:SourceAccount': '1' } },
    { 'ForAllValues:StringLike': { 'dynamodb:Attributes': ['pk'] } },
    { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['R#*'] }, Null: { 'dynamodb:LeadingKeys': 'false' } },
  ])('another condition is not overlooked: %j', (Condition) => {
    const Statement = { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: '*', Condition };
    expect(() => readStatements({ Statement })).toThrow('does not evaluate the condition');
  });
});
