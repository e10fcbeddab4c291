import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type * as z from 'zod/mini';
import { routes } from '../../api/routes.ts';
import { allEvents, patternOf } from '../../events/catalog.ts';
import type { EventDefinition, EventPattern } from '../../events/define-event.ts';
import { entryPoints, pascalCase, repositoryRoot } from '../../infra/entry-points.ts';
import { at, entryPointOf, list, type Resource, synthesize, type Value } from './synthesis.ts';

const app = synthesize({ stage: 'dev' });
const functions = app.ofType('AWS::Lambda::Function');

describe('functions', () => {
  test('every entry point has exactly one function, and every function an entry point', () => {
    expect(functions.map(entryPointOf).sort()).toEqual(entryPoints());
  });

  test('the id of a function is its verb and noun', () => {
    for (const fn of functions) {
      const [capability = '', verbNoun = ''] = entryPointOf(fn).split('/');
      expect(fn.name).toMatch(new RegExp(`^\\w+\\.${pascalCase(capability)}${pascalCase(verbNoun)}[0-9A-F]{8}$`));
    }
  });

  test('all run on Node 24', () => {
    expect(new Set(functions.map(({ Properties }) => Properties.Runtime))).toEqual(new Set(['nodejs24.x']));
  });
});

describe('the HTTP API', () => {
  const [api] = app.ofType('AWS::ApiGatewayV2::Api').filter(({ name }) => !name.includes('Sandbox'));
  const ofApi = (type: string) => app.ofType(type).filter(({ Properties }) => app.target(Properties.ApiId) === api);
  const key = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;
  const served = routes.flatMap((route) => (route.method === 'GET' ? [route, { ...route, method: 'HEAD' }] : [route]));

  test('has the routes of the contract and no other', () => {
    const keys = ofApi('AWS::ApiGatewayV2::Route').map(({ Properties }) => String(Properties.RouteKey));
    expect(keys.sort()).toEqual(served.map(key).sort());
  });

  test.each(served.map((route) => [key(route), route] as const))('%s', (routeKey, route) => {
    const [made] = ofApi('AWS::ApiGatewayV2::Route').filter(({ Properties }) => Properties.RouteKey === routeKey);
    const integration = app.target(made?.Properties.Target);
    expect(entryPointOf(app.target(integration.Properties.IntegrationUri))).toBe(route.entryPoint);

    const open = route.access === 'public' || route.access === 'signed';
    expect(made?.Properties.AuthorizationType).toBe(open ? 'NONE' : 'JWT');
    if (!open) expect(app.target(made?.Properties.AuthorizerId).Type).toBe('AWS::ApiGatewayV2::Authorizer');

    const [stage] = ofApi('AWS::ApiGatewayV2::Stage');
    expect(at(stage?.Properties, 'RouteSettings', routeKey)).toEqual({
      ThrottlingRateLimit: route.throttle.ratePerSecond,
      ThrottlingBurstLimit: route.throttle.burst,
    });
  });

  test('limits only routes that exist when the stage is created', () => {
    const stageId = ofApi('AWS::ApiGatewayV2::Stage')[0]?.name.replace('Edge.', '') ?? '';
    const dependencies = at(app.templates.Edge, 'Resources', stageId, 'DependsOn');
    const routeIds = ofApi('AWS::ApiGatewayV2::Route').map(({ name }) => name.replace('Edge.', ''));
    expect(dependencies).toEqual(expect.arrayContaining(routeIds));
  });

  test("takes the tokens of the user pool's own two clients and of no other", () => {
    const [authorizer] = ofApi('AWS::ApiGatewayV2::Authorizer');
    const audience = list(at(authorizer?.Properties, 'JwtConfiguration', 'Audience'));
    expect(audience.map((each) => app.target(each).Type)).toEqual([
      'AWS::Cognito::UserPoolClient',
      'AWS::Cognito::UserPoolClient',
    ]);
    expect(app.target(at(authorizer?.Properties, 'JwtConfiguration', 'Issuer')).Type).toBe('AWS::Cognito::UserPool');
  });

  test('every group that a route asks for exists', () => {
    const groups = app.ofType('AWS::Cognito::UserPoolGroup').map(({ Properties }) => String(Properties.GroupName));
    const asked = new Set(routes.flatMap(({ access }) => (typeof access === 'string' ? [] : access)));
    expect(groups.sort()).toEqual([...asked].sort());
  });

  test('writes an access log as JSON, without anything personal', () => {
    const stages = app.ofType('AWS::ApiGatewayV2::Stage');
    expect(stages.length).toBeGreaterThan(0);
    for (const { Properties } of stages) {
      const format = String(at(Properties, 'AccessLogSettings', 'Format'));
      expect(() => JSON.parse(format)).not.toThrow();
      expect(format).not.toMatch(/identity|claims|userAgent|sourceIp|\$context\.path/);
    }
  });
});

describe('rules', () => {
  const onBus = app.ofType('AWS::Events::Rule').filter(({ Properties }) => Properties.EventBusName !== undefined);

  test.each(onBus.map((rule) => [rule.name, rule] as const))(
    '%s matches every version of an event that can be read',
    (_, rule) => {
      const pattern = rule.Properties.EventPattern;
      const definition = allEvents.find(({ type }) => type === at(pattern, 'detail-type', 0));
      const data = at(pattern, 'detail', 'data') as Record<string, unknown[]> | undefined;
      const { source, detailType, detail }: Partial<EventPattern> = definition ? patternOf(definition, data) : {};
      expect(pattern).toEqual({ source, 'detail-type': detailType, detail });
      for (const [field, values] of Object.entries(data ?? {})) {
        const schema = shapeOf(definition)[field];
        for (const value of values) expect(schema?.safeParse(value).success, `${field}: ${value}`).toBe(true);
      }
    },
  );

  test('every rule of the bus has a queue as its target that a function receives from', () => {
    expect(onBus.length).toBeGreaterThan(0);
    const workedOff = app
      .ofType('AWS::Lambda::EventSourceMapping')
      .map(({ Properties }) => app.target(Properties.EventSourceArn));
    for (const rule of onBus) {
      for (const target of list(rule.Properties.Targets)) expect(workedOff).toContain(app.target(at(target, 'Arn')));
    }
  });
});

// Every batch is an invocation. Without a window each write causes one, so only the consumer that must not be late has
// none.
test('of the stream consumers, only the one that publishes to the bus has no batching window', () => {
  const streams = app
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ Properties }) => app.target(Properties.EventSourceArn).Type !== 'AWS::SQS::Queue');
  const hasty = streams.filter(({ Properties }) => Number(Properties.MaximumBatchingWindowInSeconds ?? 0) < 1);
  expect(hasty.map(({ Properties }) => entryPointOf(app.target(Properties.FunctionName)))).toEqual([
    'orders/publish-events',
  ]);
  expect(streams.length).toBeGreaterThan(1);
});

describe('sagas', () => {
  const sagas = app.ofType('AWS::StepFunctions::StateMachine');
  const files = readdirSync(join(repositoryRoot, 'statemachines')).filter((file) => file.endsWith('.asl.json'));
  const states = (saga: Resource): Record<string, Value> => {
    const definition = JSON.parse(String(saga.Properties.DefinitionString)) as Value;
    return at(definition, 'States') as Record<string, Value>;
  };

  test('every definition is deployed without a change', () => {
    const read = (file: string) => JSON.parse(readFileSync(join(repositoryRoot, 'statemachines', file), 'utf8'));
    const deployed = sagas.map(({ Properties }) => JSON.parse(String(Properties.DefinitionString)));
    expect(deployed).toHaveLength(files.length);
    for (const file of files) expect(deployed).toContainEqual(read(file));
  });

  test('every task runs the function of its own name', () => {
    for (const saga of sagas) {
      for (const [name, state] of Object.entries(states(saga))) {
        if (at(state, 'Type') !== 'Task') continue;
        const token = String(at(state, 'Resource')).replace(/^\$\{(\w+)\}$/, '$1');
        expect(token).toBe(`${name}Arn`);
        const [, verbNoun = ''] = entryPointOf(app.target(at(saga.Properties, 'DefinitionSubstitutions', token))).split(
          '/',
        );
        expect(pascalCase(verbNoun)).toBe(name);
      }
    }
  });

  test('the timeout of a step is shorter than that of its saga state, so that two attempts never overlap', () => {
    for (const saga of sagas) {
      for (const [name, state] of Object.entries(states(saga))) {
        if (at(state, 'Type') !== 'Task') continue;
        const fn = app.target(at(saga.Properties, 'DefinitionSubstitutions', `${name}Arn`));
        expect.soft(Number(fn.Properties.Timeout), name).toBeLessThan(Number(at(state, 'TimeoutSeconds')));
      }
    }
  });
});

/** The schema of each field of an event's data. */
function shapeOf(definition: EventDefinition | undefined): Readonly<Record<string, z.ZodMiniType>> {
  const object = definition?.data as z.ZodMiniObject<Readonly<Record<string, z.ZodMiniType>>> | undefined;
  return object?.shape ?? {};
}
