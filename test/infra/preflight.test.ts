import { describe, expect, test } from 'vitest';
import { appFacts } from '../../infra/preflight/app-facts.ts';
import { type Finding, inspect, ruleNames } from '../../infra/preflight/rules.ts';
import { type AppFacts, factsOf, type Template } from '../../infra/preflight/template-facts.ts';

/** An app of these templates, in the order in which they are deployed. */
function app(stacks: Record<string, Template>, settings: Record<string, unknown> = {}): AppFacts {
  return {
    settings,
    stacks: Object.fromEntries(Object.entries(stacks).map(([name, template]) => [name, factsOf(template)])),
  };
}

const table = (properties: object, DeletionPolicy = 'Delete') => ({
  Type: 'AWS::DynamoDB::Table',
  DeletionPolicy,
  Properties: {
    AttributeDefinitions: ['id', 'day', 'status', 'customer'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    ...properties,
  },
});
const index = (IndexName: string) => ({ IndexName, KeySchema: [{ AttributeName: IndexName, KeyType: 'HASH' }] });
const named = (Type: string, property: string, name: string, more: object = {}) => ({
  Type,
  Properties: { [property]: name, ...more },
});
const exporting = (name: string) => ({ Outputs: { Exported: { Value: 'x', Export: { Name: name } } } });
const route = (RouteKey: string) => ({ Type: 'AWS::ApiGatewayV2::Route', Properties: { RouteKey } });
const throttling = (routes: string[], DependsOn: string[]) => ({
  Type: 'AWS::ApiGatewayV2::Stage',
  DependsOn,
  Properties: { RouteSettings: Object.fromEntries(routes.map((each) => [each, { ThrottlingRateLimit: 1 }])) },
});

interface Case {
  readonly released?: AppFacts;
  readonly next: AppFacts;
  /** The same without the fault. */
  readonly harmless: AppFacts;
  readonly where: string;
}

const queues = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, each) => [`Q${each}`, { Type: 'AWS::SQS::Queue' }]));
const oneTable = app({ Data: { Resources: { Orders: table({}) } } });
const tableWith = (...names: string[]) =>
  app({ Data: { Resources: { Orders: table({ GlobalSecondaryIndexes: names.map(index) }) } } });
const warm = (WriteUnitsPerSecond: number) =>
  app({ Data: { Resources: { Orders: table({ WarmThroughput: { WriteUnitsPerSecond } }) } } });
const machine = (name: string, StateMachineType: string) =>
  app({
    Orders: {
      Resources: { Saga: named('AWS::StepFunctions::StateMachine', 'StateMachineName', name, { StateMachineType }) },
    },
  });
const fn = (id: string, name: string) =>
  app({ Orders: { Resources: { [id]: named('AWS::Lambda::Function', 'FunctionName', name) } } });
const importing = {
  Resources: { Fn: { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::ImportValue': 'data:OrdersArn' } } } },
};
const archiveOn = (busPolicy: string) =>
  app({
    Data: {
      Resources: {
        Bus: { Type: 'AWS::Events::EventBus', DeletionPolicy: busPolicy },
        Archive: {
          Type: 'AWS::Events::Archive',
          DeletionPolicy: 'Retain',
          Properties: { SourceArn: { 'Fn::GetAtt': ['Bus', 'Arn'] } },
        },
      },
    },
  });
const alarm = (TreatMissingData: string) =>
  app({ Orders: { Resources: { Stopped: { Type: 'AWS::CloudWatch::Alarm', Properties: { TreatMissingData } } } } });
const withVariable = (bytes: number) =>
  app({
    Orders: {
      Resources: {
        Book: {
          Type: 'AWS::Lambda::Function',
          Properties: { Environment: { Variables: { SHIP_FROM: 'x'.repeat(bytes), TABLE: { Ref: 'Table' } } } },
        },
      },
    },
  });
const edge = (resources: object) => app({ Edge: { Resources: resources } as Template });

const cases: Readonly<Record<string, Case>> = {
  'stack-size': {
    next: app({ Big: { Resources: queues(301) } }),
    harmless: app({ Big: { Resources: queues(300) } }),
    where: 'Big',
  },
  'environment-size': { next: withVariable(3_400), harmless: withVariable(3_300), where: 'Orders/Book' },
  'name-taken': {
    released: fn('Place', 'holdfast-prod-a-place-order'),
    next: fn('PlaceOrder', 'holdfast-prod-a-place-order'),
    harmless: fn('PlaceOrder', 'holdfast-prod-a-place-orders'),
    where: 'Orders/PlaceOrder',
  },
  'name-twice': {
    next: app({
      Orders: { Resources: { A: named('AWS::SQS::Queue', 'QueueName', 'failures') } },
      Inventory: { Resources: { B: named('AWS::SQS::Queue', 'QueueName', 'failures') } },
    }),
    harmless: app({
      Orders: { Resources: { A: named('AWS::SQS::Queue', 'QueueName', 'failures') } },
      Inventory: { Resources: { B: named('AWS::CloudWatch::Alarm', 'AlarmName', 'failures') } },
    }),
    where: 'Inventory/B',
  },
  'export-in-use': {
    released: app({ Data: exporting('data:OrdersArn'), Orders: importing }),
    next: app({ Data: {}, Orders: {} }),
    harmless: app({ Data: exporting('data:OrdersArn'), Orders: {} }),
    where: 'Data',
  },
  'table-replaced': {
    released: oneTable,
    next: app({ Data: { Resources: { Orders: table({ KeySchema: [{ AttributeName: 'day', KeyType: 'HASH' }] }) } } }),
    harmless: tableWith('day'),
    where: 'Data/Orders',
  },
  'one-index-at-a-time': {
    released: tableWith('day'),
    next: tableWith('status'),
    harmless: tableWith('day', 'status'),
    where: 'Data/Orders',
  },
  'warm-throughput-grows': { released: warm(20_000), next: oneTable, harmless: warm(40_000), where: 'Data/Orders' },
  'machine-type': {
    released: machine('order-saga', 'STANDARD'),
    next: machine('order-saga', 'EXPRESS'),
    harmless: machine('order-saga-express', 'EXPRESS'),
    where: 'Orders/Saga',
  },
  'throttled-routes-exist': {
    next: edge({ Get: route('GET /orders'), Stage: throttling(['GET /orders'], []) }),
    harmless: edge({ Get: route('GET /orders'), Stage: throttling(['GET /orders'], ['Get']) }),
    where: 'Edge/Stage',
  },
  'throttle-of-removed-route': {
    released: edge({ Get: route('GET /orders'), Stage: throttling(['GET /orders'], ['Get']) }),
    next: edge({ Stage: throttling([], []) }),
    harmless: edge({ Get: route('GET /orders'), Stage: throttling(['GET /orders'], ['Get']) }),
    where: 'Edge/Stage',
  },
  'archive-outlives-bus': {
    next: archiveOn('Delete'),
    harmless: archiveOn('RetainExceptOnCreate'),
    where: 'Data/Archive',
  },
  'alarm-at-first-deployment': { next: alarm('breaching'), harmless: alarm('missing'), where: 'Orders/Stopped' },
  'data-left-behind': {
    released: app({ Data: { Resources: { Orders: table({}, 'Retain') } } }),
    next: app({ Data: {} }),
    harmless: app({ Data: { Resources: { Orders: table({}, 'Retain') } } }),
    where: 'Data/Orders',
  },
  'settings-changed': {
    released: app({}, { sagaType: 'EXPRESS', holdSeconds: 900 }),
    next: app({}, { sagaType: 'STANDARD', holdSeconds: 900 }),
    harmless: app({}, { sagaType: 'EXPRESS', holdSeconds: 900 }),
    where: 'settings',
  },
};

test('every rule has a template that breaks it', () => {
  expect(Object.keys(cases).sort()).toEqual([...ruleNames].sort());
});

describe.each(Object.entries(cases))('the rule %s', (rule, { released, next, harmless, where }) => {
  const found = (facts: AppFacts): readonly Finding[] =>
    inspect(facts, released).filter((finding) => finding.rule === rule);

  test('finds what breaks it, and where', () => {
    expect(found(next)).toEqual([{ rule, kind: expect.any(String), where, what: expect.any(String) }]);
  });

  test('finds nothing without the fault', () => {
    expect(found(harmless)).toEqual([]);
  });
});

test('a throttle of a route that does not exist is refused', () => {
  const next = edge({ Stage: throttling(['GET /orders'], []) });
  expect(inspect(next, undefined)).toMatchObject([{ rule: 'throttled-routes-exist', where: 'Edge/Stage' }]);
});

test('the app passes, as a first deployment and over itself', () => {
  for (const stage of ['dev', 'prod'] as const) {
    const facts = appFacts(stage);
    expect(inspect(facts, undefined), stage).toEqual([]);
    // The facts are stored as JSON between two releases.
    expect(inspect(facts, JSON.parse(JSON.stringify(facts))), stage).toEqual([]);
  }
}, 120_000);
