import { describe, expect, test } from 'vitest';
import {
  ACCOUNT,
  type App,
  DEFAULT_REGION,
  isAllowed,
  loadAssembly,
  localArn,
  Resolver,
  readApp,
  readStatements,
  synthesize,
} from '../../local/index.ts';

// Calls between AWS services that need a grant. Without the grant a deployment fails, or it succeeds and the call is
// dropped. The local runner does not check these grants.

interface Condition {
  readonly [operator: string]: { readonly [key: string]: string };
}

interface ResourceStatement {
  readonly Effect: string;
  readonly Principal?: { readonly Service?: string };
  readonly Action: string | readonly string[];
  readonly Condition?: Condition;
}

interface Granted {
  readonly app: App;
  /**
   * Whether a service may perform the action on a queue or a function on behalf of a rule, a route or another resource.
   */
  serviceMay(service: string, action: string, target: string, onBehalfOf: string): boolean;
  readonly routes: readonly { readonly arn: string; readonly functionArn: string }[];
}

async function granted(context: Record<string, string>): Promise<Granted> {
  const assembly = loadAssembly(await synthesize(context));
  const resolver = new Resolver(
    assembly,
    { region: DEFAULT_REGION, aws: 'http://aws', api: ({ name }) => `http://${name}` },
    () => 'secret',
  );
  const app = readApp(assembly, resolver);
  const find = (type: string) =>
    assembly.resources
      .filter((resource) => resource.type === type && resolver.exists(resource))
      .map((resource) => ({ resource, properties: resolver.properties(resource) as Record<string, unknown> }));
  const statements = new Map<string, ResourceStatement[]>();
  const add = (target: string, statement: ResourceStatement) =>
    statements.set(target, [...(statements.get(target) ?? []), statement]);
  for (const { properties } of find('AWS::SQS::QueuePolicy')) {
    const { Queues, PolicyDocument } = properties as {
      Queues: string[];
      PolicyDocument: { Statement: ResourceStatement[] };
    };
    for (const { url, arn } of app.queues) {
      if (Queues.includes(url)) for (const statement of PolicyDocument.Statement) add(arn, statement);
    }
  }
  for (const { properties } of find('AWS::Lambda::Permission')) {
    const { Action, FunctionName, Principal, SourceArn } = properties as Record<string, string>;
    const Condition = SourceArn === undefined ? {} : { ArnLike: { 'aws:SourceArn': SourceArn } };
    add(String(FunctionName), {
      Effect: 'Allow',
      Principal: { Service: String(Principal) },
      Action: String(Action),
      Condition,
    });
  }
  return {
    app,
    serviceMay: (service, action, target, onBehalfOf) =>
      (statements.get(target) ?? []).some(
        ({ Effect, Principal, Action, Condition = {} }) =>
          Effect === 'Allow' &&
          Principal?.Service === service &&
          [Action].flat().includes(action) &&
          Object.entries(Condition).every(([operator, keys]) => holds(operator, keys, onBehalfOf)),
      ),
    routes: app.apis.flatMap(({ name, routes }) =>
      routes.map(({ key, functionArn }) => {
        const [method, path] = key.split(' ');
        return { arn: localArn(DEFAULT_REGION, 'execute-api', `${name}/$default/${method}${path}`), functionArn };
      }),
    ),
  };
}

/** Only the conditions that the app uses are evaluated; any other one counts as false. */
function holds(operator: string, keys: Readonly<Record<string, string>>, source: string): boolean {
  return Object.entries(keys).every(([key, value]) => {
    if (key === 'aws:SourceAccount') return operator === 'StringEquals' && value === ACCOUNT;
    if (key !== 'aws:SourceArn' || (operator !== 'ArnEquals' && operator !== 'ArnLike')) return false;
    const pattern = value.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${pattern.join('.*')}$`).test(source);
  });
}

const shipFrom = JSON.stringify({
  '*': { company: 'c', street1: 's', city: 'c', state: 'CO', zip: '80202', country: 'US', phone: '3035550100' },
});

describe.each([
  ['dev', { stage: 'dev' }],
  ['prod', { stage: 'prod', shipFrom }],
] as const)('in %s', async (_, context) => {
  const { app, serviceMay, routes } = await granted(context);
  const functionOf = (arn: string) => {
    const found = app.functions.find((fn) => fn.arn === arn);
    if (!found) throw new Error(`no function ${arn}`);
    return found;
  };
  const mayDo = (functionArn: string, actions: readonly string[], resource: string) => {
    const { name, permissions } = functionOf(functionArn);
    for (const action of actions) {
      expect.soft(isAllowed(permissions, action, resource), `${name} ${action} ${resource}`).toBe(true);
    }
  };

  test('Lambda may receive from the queue of each function', () => {
    expect(app.queueMappings.length).toBeGreaterThan(3);
    for (const { functionArn, queueArn } of app.queueMappings) {
      mayDo(functionArn, ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], queueArn);
    }
  });

  test('Lambda may read the stream of each stream consumer, and send discarded batches to its failure queue', () => {
    expect(app.streamMappings.length).toBeGreaterThan(3);
    const reading = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'];
    for (const { functionArn, streamArn, onFailureArn } of app.streamMappings) {
      mayDo(
        functionArn,
        reading.map((action) => `dynamodb:${action}`),
        streamArn,
      );
      mayDo(functionArn, ['sqs:SendMessage'], String(onFailureArn));
    }
  });

  test('Lambda may send failed asynchronous invocations to the dead-letter queue', () => {
    const failing = app.functions.filter(({ deadLetterArn }) => deadLetterArn !== undefined);
    expect(failing.length).toBeGreaterThan(0);
    for (const { arn, deadLetterArn } of failing) mayDo(arn, ['sqs:SendMessage'], String(deadLetterArn));
  });

  test('EventBridge may send to the target of each rule, and send undelivered events to its dead-letter queue', () => {
    expect(app.rules.length).toBeGreaterThan(4);
    for (const { name, targets } of app.rules) {
      const mayDeliver = (to: string) => {
        const action = to.includes(':sqs:') ? 'sqs:SendMessage' : 'lambda:InvokeFunction';
        return serviceMay('events.amazonaws.com', action, to, localArn(DEFAULT_REGION, 'events', `rule/${name}`));
      };
      for (const { arn, deadLetterArn } of targets) {
        expect.soft(mayDeliver(arn), `${name} to ${arn}`).toBe(true);
        expect.soft(mayDeliver(String(deadLetterArn)), `${name} to ${deadLetterArn}`).toBe(true);
      }
    }
  });

  test('API Gateway may invoke the function of each route', () => {
    expect(routes.length).toBeGreaterThan(20);
    for (const { arn, functionArn } of routes) {
      expect.soft(serviceMay('apigateway.amazonaws.com', 'lambda:InvokeFunction', functionArn, arn), arn).toBe(true);
    }
  });
});

test('a statement that allows something else is no grant', () => {
  const document = { Statement: { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:r:a:one' } };
  expect(isAllowed(readStatements(document), 'sqs:SendMessage', 'arn:aws:sqs:r:a:two')).toBe(false);
  expect(holds('ArnEquals', { 'aws:SourceArn': 'arn:a:rule/one' }, 'arn:a:rule/two')).toBe(false);
  expect(holds('ArnLike', { 'aws:SourceArn': 'arn:a:api/*/*/orders' }, 'arn:a:api/$default/POST/orders')).toBe(true);
  expect(holds('ArnLike', { 'aws:SourceArn': 'arn:a:api/*/*/orders' }, 'arn:a:api/$default/POST/order')).toBe(false);
  expect(holds('StringLike', { 'aws:SourceArn': '*' }, 'arn:a:rule/one')).toBe(false);
});
