import { App } from 'aws-cdk-lib/core';
import { describe, expect, test } from 'vitest';
import { readSettings } from '../../infra/settings.ts';
import { DataStack } from '../../infra/stacks/data-stack.ts';
import { at, list, type Resource, synthesize, type Value } from './synthesis.ts';

const app = synthesize({ stage: 'dev' });

/** Leaves room for what a stack gets in a year, below CloudFormation's 500. */
const mostResources = 300;
/** Stacks whose values others import: AWS generates them, so that no name can stand for them. */
const exporters = ['Data', 'Sandbox'];

describe('stacks', () => {
  test('are those of the layout, each with room', () => {
    const counts = Object.fromEntries(
      Object.entries(app.templates).map(([stack, template]) => [stack, Object.keys(resourcesOf(template)).length]),
    );
    expect(Object.keys(counts).sort()).toEqual(
      ['Account', 'Commerce', 'Data', 'Edge', 'Inventory', 'Operations', 'Orders', 'Sandbox'].sort(),
    );
    for (const [stack, count] of Object.entries(counts)) expect.soft(count, stack).toBeLessThan(mostResources);
  });

  test('only stacks with generated values export any', () => {
    for (const [stack, template] of Object.entries(app.templates)) {
      if (!exporters.includes(stack)) expect.soft(exportsOf(template), stack).toEqual([]);
    }
  });

  test('no deployed export can disappear with its last consumer: the stack of the data exports all of them by itself', () => {
    const alone = new App({ context: { stage: 'dev' } });
    new DataStack(alone, 'Data', readSettings(alone.node));
    const pinned = exportsOf(alone.synth().getStackByName('holdfast-dev-a-data').template);
    const imported = new Set(Object.values(app.templates).flatMap(importsIn));
    const ofSandbox = exportsOf(app.templates.Sandbox);
    // Its address and its id.
    expect(ofSandbox).toHaveLength(2);
    expect([...imported].filter((name) => !pinned.includes(name))).toEqual(ofSandbox);
    expect(imported.size).toBeGreaterThan(15);
  });

  test('a resource that another stack names exists in exactly one stack', () => {
    const named = app.resources.flatMap((each) => nameOf(each).map((name) => `${each.Type} ${name}`));
    expect(new Set(named).size).toBe(named.length);
    for (const permission of app.ofType('AWS::Lambda::Permission')) {
      expect(app.target(permission.Properties.FunctionName).Type).toBe('AWS::Lambda::Function');
    }
    for (const { Properties } of app.ofType('AWS::CloudWatch::Alarm')) {
      for (const action of Properties.AlarmActions as readonly Value[]) {
        expect(app.target(action).Type).toBe('AWS::SNS::Topic');
      }
    }
  });
});

describe('names', () => {
  test('have stage and cell, so that two cells of a stage can be in one account', () => {
    const other = synthesize({ stage: 'dev', cell: 'b' });
    const names = app.resources.filter(({ name }) => !name.startsWith('Account.')).flatMap(nameOf);
    for (const name of names) expect.soft(name).toMatch(/(^|\/)holdfast-dev-a-/);
    expect(other.resources.flatMap(nameOf).filter((name) => names.includes(name))).toEqual([]);
    expect(readSettings(new App().node).cell).toBe('a');
  });

  test('of the metrics that functions count have stage and cell, so that a finding raises the alarm of its own cell', () => {
    const other = synthesize({ stage: 'dev', cell: 'b' });
    const counted = other
      .ofType('AWS::CloudWatch::Alarm')
      .filter(({ Properties }) => Properties.Namespace === 'Holdfast');
    expect(counted.map(({ Properties }) => Properties.MetricName).sort()).toEqual([
      'DiscountAuditFindings',
      'PaymentAuditFindings',
      'StockAuditFindings',
      'UnfinishedOrders',
    ]);
    for (const { Properties } of counted) {
      const dimensions = list(Properties.Dimensions).map((each) => [at(each, 'Name'), at(each, 'Value')] as const);
      expect(Object.fromEntries(dimensions)).toEqual({ stage: 'dev', cell: 'b' });
    }
    for (const { name, Properties } of other.ofType('AWS::Lambda::Function')) {
      const { STAGE, CELL } = at(Properties, 'Environment', 'Variables') as Readonly<Record<string, Value>>;
      expect.soft([STAGE, CELL], name).toEqual(['dev', 'b']);
    }
  });

  test('are short enough for their services', () => {
    const longest = synthesize({ stage: 'prod', cell: 'abcdefgh', sagaType: 'EXPRESS' });
    for (const { Properties } of longest.ofType('AWS::Lambda::Function')) {
      expect(String(Properties.FunctionName).length).toBeLessThanOrEqual(64);
    }
    for (const { Properties } of longest.ofType('AWS::SQS::Queue')) {
      expect(String(Properties.QueueName).length).toBeLessThanOrEqual(80);
    }
  });
});

test('the variables of every function leave room below the 4 KB that Lambda takes', () => {
  for (const { name, Properties } of app.ofType('AWS::Lambda::Function')) {
    const variables = JSON.stringify(at(Properties, 'Environment', 'Variables'));
    // The senders' addresses of a stage may take most of the room.
    const addresses = variables.includes('SHIP_FROM') ? 2_800 : 0;
    expect.soft(variables.length, name).toBeLessThan(3_500 - addresses);
  }
});

test('routes are created a few at a time, and state machines one after the other', () => {
  const waiting = (type: string) =>
    Object.values(app.templates)
      .flatMap((template) => Object.values(resourcesOf(template)))
      .filter((resource) => at(resource, 'Type') === type)
      .map((resource) => [at(resource, 'DependsOn') ?? []].flat());
  const free = (type: string) =>
    waiting(type).filter(
      (dependencies) => !dependencies.some((each) => /Route|StateMachine|^HttpApi/.test(String(each))),
    );
  expect(free('AWS::ApiGatewayV2::Route').length).toBeLessThanOrEqual(5 + 4);
  expect(
    waiting('AWS::StepFunctions::StateMachine').filter(
      (each) => !each.some((id) => /StateMachine[0-9A-F]{8}/.test(String(id))),
    ),
  ).toHaveLength(1);
});

function resourcesOf(template: Value): Readonly<Record<string, Value>> {
  return at(template, 'Resources') as Readonly<Record<string, Value>>;
}

function exportsOf(template: Value): readonly string[] {
  const outputs = Object.values((at(template, 'Outputs') ?? {}) as Record<string, Value>);
  return outputs.flatMap((output) => at(output, 'Export', 'Name') ?? []).map(String);
}

function importsIn(value: Value): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, Value]) =>
    key === 'Fn::ImportValue' ? [String(inner)] : importsIn(inner),
  );
}

const nameProperties = ['FunctionName', 'QueueName', 'TopicName', 'StateMachineName', 'AlarmName', 'LogGroupName'];

function nameOf({ Type, Properties }: Resource): readonly string[] {
  if (Type === 'AWS::Lambda::Permission' || Type === 'AWS::Lambda::EventSourceMapping') return [];
  return nameProperties.flatMap((property) =>
    typeof Properties[property] === 'string' ? [String(Properties[property])] : [],
  );
}
