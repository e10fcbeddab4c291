import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundleFunctions, ingredientsOf } from '../../infra/bundle.ts';
import { repositoryRoot } from '../../infra/entry-points.ts';
import { grantLines } from './grant-lines.ts';
import { grantTable } from './grant-table.ts';
import { at, entryPointOf, environmentOf, grants, list, statements, synthesize, type Value } from './synthesis.ts';

const app = synthesize({ stage: 'dev' });
const shipFrom = JSON.stringify({
  '*': { company: 'c', street1: 's', city: 'c', state: 'CO', zip: '80202', country: 'US', phone: '3035550100' },
});
const prod = synthesize({ stage: 'prod', shipFrom });
const express = synthesize({ stage: 'dev', sagaType: 'EXPRESS' });
const byFunction = grants(app);

/** What Step Functions needs to deliver logs; AWS has no finer resource for these. */
const logDelivery = [
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
];

describe('no grant has a wildcard', () => {
  const allowed = app
    .ofType('AWS::IAM::Policy')
    .flatMap((policy) => statements(policy.Properties.PolicyDocument).map((statement) => ({ policy, statement })))
    .filter(({ statement }) => statement.effect === 'Allow');

  test('in its actions', () => {
    expect(allowed.length).toBeGreaterThan(0);
    for (const { policy, statement } of allowed) {
      for (const action of statement.actions) expect.soft(action, policy.name).not.toContain('*');
    }
  });

  test('in its resources, but for the delivery of the logs of the sagas', () => {
    for (const { policy, statement } of allowed) {
      if (!JSON.stringify(statement.resources).includes('*')) continue;
      expect.soft(statement.resources, policy.name).toEqual(['*']);
      expect.soft([...statement.actions].sort(), policy.name).toEqual(logDelivery);
      expect.soft(app.target(policy.Properties.Roles).name, policy.name).toContain('Saga');
    }
  });

  test('and no role has a managed policy', () => {
    for (const role of app.ofType('AWS::IAM::Role'))
      expect(role.Properties.ManagedPolicyArns, role.name).toBeUndefined();
  });
});

test('the order log is append-only: no function, and nothing else, may update or delete it', () => {
  const actions = new Set(
    app
      .ofType('AWS::IAM::Policy')
      .flatMap((policy) => statements(policy.Properties.PolicyDocument))
      .filter(({ resources }) => resources.some((resource) => isTable(resource, 'ORDERS_TABLE')))
      .flatMap((statement) => statement.actions),
  );
  expect([...actions].sort()).toEqual([
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
    'dynamodb:PutItem',
    'dynamodb:Query',
  ]);
});

describe('each function may do exactly what the table says', () => {
  const sandbox = Object.keys(grantTable).filter((entryPoint) => entryPoint.startsWith('sandbox/'));
  const sorted = (table: Readonly<Record<string, readonly string[]>>) =>
    Object.fromEntries(Object.entries(table).map(([entryPoint, lines]) => [entryPoint, [...lines].sort()]));
  const withoutSandbox = Object.fromEntries(
    Object.entries(grantTable).filter(([entryPoint]) => !sandbox.includes(entryPoint)),
  );

  test('in dev', () => {
    expect(grantLines(app)).toEqual(sorted(grantTable));
  });

  test('in prod, which has no sandbox', () => {
    expect(sandbox).toHaveLength(4);
    expect(grantLines(prod)).toEqual(sorted(withoutSandbox));
  });

  test('with Express state machines', () => {
    expect(grantLines(express)).toEqual(sorted(grantTable));
  });
});

test('a table with several kinds of items is granted by kind, but for scans, and every other table as a whole', () => {
  for (const lines of Object.values(grantTable)) {
    for (const line of lines) {
      const [resource = '', action = ''] = line.split(': ');
      const hasKinds = ['Inventory', 'Discounts', 'GatewayRecords', 'Sandbox'].includes(resource);
      // A scan names no keys, and a condition on the keys would be true for it.
      expect.soft(action.includes(' of '), line).toBe(hasKinds && action !== 'Scan');
    }
  }
  const scanning = Object.entries(grantTable).filter(([, lines]) => lines.includes('Inventory: Scan'));
  expect(scanning.map(([entryPoint]) => entryPoint)).toEqual(['fulfillment/audit-stock', 'inventory/count-stock']);
});

test('the policy of every role fits into the 10,240 characters that IAM allows', () => {
  for (const policy of app.ofType('AWS::IAM::Policy')) {
    // References become ARNs of about 80 characters.
    const resolved = JSON.stringify(policy.Properties.PolicyDocument).replaceAll(
      /\{"Fn::ImportValue":"[^"]*"\}/g,
      JSON.stringify('x'.repeat(100)),
    );
    expect.soft(resolved.length, policy.name).toBeLessThan(8_000);
  }
});

test('every function has a role of its own', () => {
  const roles = app.ofType('AWS::Lambda::Function').map((fn) => app.target(fn.Properties.Role).name);
  expect(new Set(roles).size).toBe(roles.length);
});

test('every function writes only its own log group, which has a retention period', () => {
  for (const fn of app.ofType('AWS::Lambda::Function')) {
    const group = app.target(at(fn.Properties, 'LoggingConfig', 'LogGroup'));
    expect(group.Properties.RetentionInDays, fn.name).toBeTypeOf('number');
    const [logging] = (byFunction.get(entryPointOf(fn)) ?? []).filter(({ actions }) =>
      actions.includes('logs:PutLogEvents'),
    );
    expect(app.target(logging?.resources ?? []).name).toBe(group.name);
  }
});

test('a saga may invoke exactly the functions that its definition names', () => {
  for (const saga of app.ofType('AWS::StepFunctions::StateMachine')) {
    const named = Object.values(saga.Properties.DefinitionSubstitutions as Record<string, Value>);
    const role = app.target(saga.Properties.RoleArn).name;
    const invocable = app
      .ofType('AWS::IAM::Policy')
      .filter((policy) => list(policy.Properties.Roles).some((each) => app.target(each).name === role))
      .flatMap((policy) => statements(policy.Properties.PolicyDocument))
      .filter(({ actions }) => actions.some((action) => action.startsWith('lambda:')));
    expect(invocable.map(({ actions }) => actions)).toEqual([['lambda:InvokeFunction']]);
    expect(names(invocable.flatMap(({ resources }) => resources))).toEqual(names(named));
  }
});

test('only a function that calls a gateway may read its key', () => {
  const readers = [...byFunction]
    .filter(([, granted]) => granted.some(({ actions }) => actions.includes('secretsmanager:GetSecretValue')))
    .map(([entryPoint]) => entryPoint);
  expect(readers.sort()).toEqual([
    'fulfillment/audit-stock',
    'fulfillment/authorize-payment',
    'fulfillment/await-payment',
    'fulfillment/book-shipment',
    'fulfillment/cancel-shipment',
    'fulfillment/capture-payment',
    'fulfillment/get-label',
    'fulfillment/receive-carrier-webhook',
    'fulfillment/receive-payment-webhook',
    'fulfillment/void-payment',
    // It signs reports as the gateway does.
    'sandbox/confirm-payment',
  ]);
});

describe("every granted action is used by the function's code", () => {
  const ingredients = ingredientsOf(bundleFunctions());

  test.each([...byFunction.keys()].sort())('%s', (entryPoint) => {
    const code = (ingredients.get(entryPoint)?.files ?? [])
      .map((file) => readFileSync(join(repositoryRoot, file), 'utf8'))
      .join('\n');
    const usable = actionsIn(code);
    for (const { actions } of byFunction.get(entryPoint) ?? []) {
      for (const action of actions) {
        if (!givenToLambdaItself.includes(action)) expect.soft([...usable].sort()).toContain(action);
      }
    }
  });
});

describe('every environment variable that a function reads is set', () => {
  test.each(app.ofType('AWS::Lambda::Function').map((fn) => [entryPointOf(fn), fn] as const))(
    '%s',
    (entryPoint, fn) => {
      const code = readFileSync(join(repositoryRoot, 'functions', `${entryPoint}.ts`), 'utf8');
      const asked = [...code.matchAll(/readConfig\(([^)]*)\)/g)].flatMap((call) =>
        [...(call[1] ?? '').matchAll(/'([A-Z_]+)'/g)].map((name) => name[1] ?? ''),
      );
      expect(Object.keys(environmentOf(fn))).toEqual(expect.arrayContaining(asked));
    },
  );
});

/** Actions that Lambda needs on behalf of the function: for its logs, event sources and dead letters. */
const givenToLambdaItself = [
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:ChangeMessageVisibility',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:SendMessage',
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
];

/** Clients whose commands need the action of the same name. */
const services: readonly (readonly [RegExp, string])[] = [
  [/(Get|Put|Update|Delete|BatchGet)Item|Query|Scan/, 'dynamodb'],
  [/PutEvents/, 'events'],
  [/StartExecution/, 'states'],
  [/GetSecretValue/, 'secretsmanager'],
];

/** The parts of a transaction and the actions that they need. */
const transactionParts = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

/** Every action that the commands in this code need. */
function actionsIn(code: string): ReadonlySet<string> {
  const commands = [...code.matchAll(/new (\w+)Command\(/g)].map((match) => match[1] ?? '');
  const actions = commands.flatMap((command) =>
    services.filter(([pattern]) => pattern.test(command)).map(([, service]) => `${service}:${command}`),
  );
  if (commands.includes('TransactWriteItems')) {
    for (const [part, action] of Object.entries(transactionParts)) {
      if (new RegExp(`\\b${part}: `).test(code)) actions.push(`dynamodb:${action}`);
    }
  }
  // Powertools needs these actions for its idempotency records.
  if (code.includes('@aws-lambda-powertools/idempotency/dynamodb')) {
    actions.push(...['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'].map((action) => `dynamodb:${action}`));
  }
  return new Set(actions);
}

/** Whether a resource of a policy is the table of this environment variable, its stream or one of its indexes. */
function isTable(resource: Value, variable: string): boolean {
  const tables = app
    .ofType('AWS::Lambda::Function')
    .flatMap((fn) => list(environmentOf(fn)[variable]))
    .map((value) => app.target(value).name);
  return JSON.stringify(resource).includes('Fn::ImportValue') && tables.includes(app.target(resource).name);
}

function names(references: readonly Value[]): readonly string[] {
  return references.map((reference) => app.target(reference).name).sort();
}
