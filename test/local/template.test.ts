import { expect, test } from 'vitest';
import { loadAssembly } from '../../local/template/assembly.ts';
import { isAllowed, readStatements } from '../../local/template/permissions.ts';
import { readApp } from '../../local/template/read-app.ts';
import { Resolver } from '../../local/template/resolve.ts';
import { fixtureApp, type Stacks, writeAssembly } from './fixtures/fixture-app.ts';

function open(stacks: Stacks) {
  const assembly = loadAssembly(writeAssembly(stacks));
  const endpoints = { region: 'us-east-1', aws: 'http://aws', api: () => 'http://api' };
  return { assembly, resolver: new Resolver(assembly, endpoints, () => '{"apiKey":"k"}') };
}

/** Resolves one value as a property of a queue, in a stack with a table, a parameter and conditions. */
function resolve(value: unknown): unknown {
  const { assembly, resolver } = open({
    other: {
      Resources: {},
      Outputs: { X: { Value: { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] }, Export: { Name: 'other:x' } } },
    },
    app: {
      Parameters: { Size: { Type: 'Number', Default: 7 } },
      Conditions: {
        IsLocal: { 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, '000000000000'] },
        IsNot: { 'Fn::Not': [{ Condition: 'IsLocal' }] },
        Either: { 'Fn::Or': [{ Condition: 'IsLocal' }, { Condition: 'IsNot' }] },
      },
      Resources: {
        Table: { Type: 'AWS::DynamoDB::Table' },
        Subject: { Type: 'AWS::SQS::Queue', Properties: { value } },
      },
    },
  });
  const subject = assembly.resources.find(({ logicalId }) => logicalId === 'Subject');
  if (!subject) throw new Error('no subject');
  return resolver.properties(subject).value;
}

/** A placeholder in a text that is substituted: `${Table}`. */
const $ = (name: string) => `\${${name}}`;

test.each([
  ['a reference to a resource', { Ref: 'Table' }, 'Table'],
  ['a reference to a parameter', { Ref: 'Size' }, 7],
  ['an attribute', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:aws:dynamodb:us-east-1:000000000000:table/Table'],
  ['an attribute in one text', { 'Fn::GetAtt': 'Table.Arn' }, 'arn:aws:dynamodb:us-east-1:000000000000:table/Table'],
  ['a join', { 'Fn::Join': ['/', ['a', { Ref: 'Table' }]] }, 'a/Table'],
  [
    'a substitution',
    { 'Fn::Sub': `x-${$('Table')}-${$('Table.Arn')}-${$('!literal')}-${$('AWS::Region')}` },
    expect.stringMatching(/^x-Table-arn:.*-\$\{literal\}-us-east-1$/),
  ],
  ['a substitution with variables', { 'Fn::Sub': [`${$('a')}-${$('Table')}`, { a: { Ref: 'Size' } }] }, '7-Table'],
  ['a selection of a split', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b'] }] }, 'b'],
  ['a condition that holds', { 'Fn::If': ['IsLocal', 'yes', 'no'] }, 'yes'],
  ['a condition that does not', { 'Fn::If': ['IsNot', 'yes', 'no'] }, 'no'],
  ['an alternative of conditions', { 'Fn::If': ['Either', 'yes', 'no'] }, 'yes'],
  ['an import from another stack', { 'Fn::ImportValue': 'other:x' }, 'a-us-east-1'],
  ['a list with something left out', ['a', { Ref: 'AWS::NoValue' }], ['a']],
  ['an object with something left out', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
  ['a secret', '{{resolve:secretsmanager:key:SecretString:apiKey}}', 'k'],
])('%s is resolved', (_, value, expected) => {
  expect(resolve(value)).toEqual(expected);
});

test.each([
  ['an intrinsic function', { 'Fn::Cidr': ['10.0.0.0/24', 1] }, 'Fn::Cidr'],
  ['a resource', { Ref: 'Missing' }, 'no resource Missing'],
  ['an export', { 'Fn::ImportValue': 'missing' }, 'exports missing'],
  ['an attribute', { 'Fn::GetAtt': ['Table', 'Color'] }, 'no attribute Color'],
])('%s that the runner does not support is refused by name', (_, value, message) => {
  expect(() => resolve(value)).toThrow(message);
});

test('a resource type that the runner does not support is refused by name', () => {
  const stacks = fixtureApp();
  stacks.services.Resources.Pipe = { Type: 'AWS::Pipes::Pipe' };
  const { assembly, resolver } = open(stacks);
  expect(() => readApp(assembly, resolver)).toThrow('AWS::Pipes::Pipe (services/Pipe)');
});

test('a resource whose condition does not hold is left out', () => {
  const stacks = fixtureApp();
  stacks.services.Conditions = { Never: { 'Fn::Equals': ['a', 'b'] } };
  stacks.services.Resources.Extra = { Type: 'AWS::SQS::Queue', Condition: 'Never' };
  const { assembly, resolver } = open(stacks);
  expect(readApp(assembly, resolver).queues.map(({ name }) => name)).toEqual(['Work', 'Failures']);
});

test('functions, mappings, rules and routes are read with everything resolved across stacks', () => {
  const { assembly, resolver } = open(fixtureApp());
  const app = readApp(assembly, resolver);
  expect(app.functions.find(({ name }) => name === 'Publish')).toMatchObject({
    functionName: 'fixture-publish',
    environment: { BUS_NAME: 'fixture-events' },
    timeoutMs: 10_000,
    memoryMb: 256,
  });
  expect(app.streamMappings[0]).toMatchObject({ bisects: true, maxRetries: 2, reportsItemFailures: true });
  expect(app.queues[0]?.redrive).toEqual({ targetArn: app.queues[1]?.arn, maxReceives: 3 });
  expect(app.rules[0]).toMatchObject({ bus: 'fixture-events', targets: [{ arn: app.queues[0]?.arn }] });
  expect(app.apis[0]?.routes.find(({ key }) => key === 'POST /mine')?.authorizer).toEqual({
    issuer: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool',
    audience: ['Client'],
  });
});

test('an action is permitted when a statement allows it and none denies it', () => {
  const statements = readStatements({
    Statement: [
      {
        Effect: 'Allow',
        Action: ['dynamodb:Put*', 'dynamodb:Query'],
        Resource: ['arn:t/Orders', 'arn:t/Orders/index/*'],
      },
      { Effect: 'Deny', Action: 'dynamodb:PutItem', Resource: 'arn:t/Orders/index/*' },
    ],
  });
  expect(isAllowed(statements, 'dynamodb:PutItem', 'arn:t/Orders')).toBe(true);
  expect(isAllowed(statements, 'dynamodb:Query', 'arn:t/Orders/index/byDay')).toBe(true);
  expect(isAllowed(statements, 'dynamodb:PutItem', 'arn:t/Orders/index/byDay')).toBe(false);
  expect(isAllowed(statements, 'dynamodb:DeleteItem', 'arn:t/Orders')).toBe(false);
  expect(isAllowed(statements, 'dynamodb:Query', 'arn:t/OrdersX')).toBe(false);
});
