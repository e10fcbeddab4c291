import { describe, expect, test } from 'vitest';
import { at, environmentOf, list, synthesize, type Value } from './synthesis.ts';

const dev = synthesize({ stage: 'dev' });
const prod = synthesize({ stage: 'prod' });

/** Resource types with data that cannot be restored from elsewhere. */
const keepers = [
  'AWS::DynamoDB::Table',
  'AWS::Cognito::UserPool',
  'AWS::SecretsManager::Secret',
  'AWS::Events::Archive',
  'AWS::Events::EventBus',
];

describe('in prod', () => {
  test.each(keepers)('%s outlives its stack and its replacement', (type) => {
    expect(prod.ofType(type).length).toBeGreaterThan(0);
    for (const { name, DeletionPolicy, UpdateReplacePolicy } of prod.ofType(type)) {
      expect.soft({ name, DeletionPolicy, UpdateReplacePolicy }).toEqual({
        name,
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
    }
  });

  test('tables and users are protected from deletion', () => {
    for (const table of prod.ofType('AWS::DynamoDB::Table')) {
      expect(table.Properties.DeletionProtectionEnabled, table.name).toBe(true);
    }
    for (const pool of prod.ofType('AWS::Cognito::UserPool')) {
      expect(pool.Properties.DeletionProtection).toBe('ACTIVE');
    }
  });

  test('every table can be restored to any second, except the one with the answers to requests of the last day', () => {
    const unrecoverable = prod
      .ofType('AWS::DynamoDB::Table')
      .filter(
        ({ Properties }) => at(Properties, 'PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled') !== true,
      );
    expect(unrecoverable.map(({ name }) => name)).toEqual([expect.stringMatching(/^Data\.Idempotency/)]);
  });

  test('what prevents a second purchase or charge is in a table that can be restored', () => {
    const guards = ['book-shipment', 'cancel-shipment', 'void-payment', 'receive-payment-webhook'];
    const tables = guards.map((name) => {
      const fn = prod
        .ofType('AWS::Lambda::Function')
        .find(({ Properties }) => String(Properties.Description).endsWith(`/${name}`));
      expect(environmentOf(fn as NonNullable<typeof fn>).IDEMPOTENCY_TABLE, name).toBeUndefined();
      return prod.target(environmentOf(fn as NonNullable<typeof fn>).GATEWAY_RECORDS_TABLE as Value);
    });
    expect(new Set(tables).size).toBe(1);
    expect(at(tables[0]?.Properties, 'PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled')).toBe(true);
    expect(at(tables[0]?.Properties, 'TimeToLiveSpecification', 'AttributeName')).toBe('expiration');
  });

  test('no trace of the sandbox gateways is left', () => {
    const traces = (app: typeof dev) => [
      ...app.resources.map(({ name }) => name).filter((name) => /sandbox/i.test(name)),
      ...app
        .ofType('AWS::Lambda::Function')
        .filter((fn) => /sandbox/i.test(JSON.stringify([environmentOf(fn), fn.Properties.Description]))),
    ];
    expect(traces(prod)).toEqual([]);
    expect(traces(dev)).not.toEqual([]);
  });

  test('a gateway has no key until the owner fills it in', () => {
    const templates = prod.ofType('AWS::SecretsManager::Secret').map(secretTemplate);
    expect(templates).toEqual([{ apiKey: '' }, { apiKey: '' }]);
  });

  test('sign-in uses SRP, which does not send the password', () => {
    const flows = (app: typeof prod) => app.ofType('AWS::Cognito::UserPoolClient')[0]?.Properties.ExplicitAuthFlows;
    expect(flows(prod)).not.toContain('ALLOW_USER_PASSWORD_AUTH');
    expect(flows(dev)).toContain('ALLOW_USER_PASSWORD_AUTH');
  });
});

describe('in dev', () => {
  test('every resource is deleted with its stack', () => {
    for (const { name, DeletionPolicy } of dev.resources) expect.soft(DeletionPolicy ?? 'Delete', name).toBe('Delete');
    for (const table of dev.ofType('AWS::DynamoDB::Table')) {
      expect(table.Properties.DeletionProtectionEnabled ?? false).toBe(false);
    }
  });

  test('the sandbox accepts the keys in the secrets', () => {
    const keys = dev.ofType('AWS::SecretsManager::Secret').map((secret) => secretTemplate(secret).apiKey);
    expect(keys).toEqual([expect.stringMatching(/^sk_test_/), expect.stringMatching(/^EZTK/)]);
  });

  test('both gateways are the sandbox, unless a setting names another', () => {
    const [sandboxApi] = dev.ofType('AWS::ApiGatewayV2::Api').filter(({ name }) => name.includes('Sandbox'));
    for (const variable of ['PAYMENT_ENDPOINT', 'CARRIER_ENDPOINT']) {
      const endpoints = valuesOf(dev, variable);
      expect(endpoints.length).toBeGreaterThan(0);
      for (const endpoint of endpoints) expect(dev.target(endpoint)).toBe(sandboxApi);
    }
    const elsewhere = synthesize({
      stage: 'dev',
      paymentEndpoint: 'http://localhost:12111/',
      carrierEndpoint: 'https://c.example',
    });
    expect(new Set(valuesOf(elsewhere, 'PAYMENT_ENDPOINT'))).toEqual(new Set(['http://localhost:12111']));
    expect(new Set(valuesOf(elsewhere, 'CARRIER_ENDPOINT'))).toEqual(new Set(['https://c.example']));
  });
});

test('in prod both gateways are the providers own', () => {
  expect(new Set([...valuesOf(prod, 'PAYMENT_ENDPOINT'), ...valuesOf(prod, 'CARRIER_ENDPOINT')])).toEqual(
    new Set(['']),
  );
});

test('settings reach the functions, the alarms and the API', () => {
  const set = synthesize({
    stage: 'prod',
    holdSeconds: '60',
    alarmEmail: 'ops@example.com',
    carrierAccount: 'ca_1',
    carrierService: 'Priority',
    shipFrom: '{ "*": { "city": "Berlin" } }',
    architecture: 'x86_64',
    corsOrigins: 'https://shop.example.com',
  });
  expect(new Set(valuesOf(set, 'HOLD_SECONDS'))).toEqual(new Set(['60']));
  expect(valuesOf(set, 'CARRIER_ACCOUNT')).toEqual(['ca_1']);
  expect(valuesOf(set, 'CARRIER_SERVICE')).toEqual(['Priority']);
  expect(valuesOf(set, 'SHIP_FROM')).toEqual(['{"*":{"city":"Berlin"}}']);
  expect(set.ofType('AWS::SNS::Subscription').map(({ Properties }) => Properties.Endpoint)).toEqual([
    'ops@example.com',
  ]);
  expect(prod.ofType('AWS::SNS::Subscription')).toEqual([]);
  for (const fn of set.ofType('AWS::Lambda::Function')) expect(fn.Properties.Architectures).toEqual(['x86_64']);
  for (const fn of prod.ofType('AWS::Lambda::Function')) expect(fn.Properties.Architectures).toEqual(['arm64']);
  expect(at(set.ofType('AWS::ApiGatewayV2::Api')[0]?.Properties, 'CorsConfiguration', 'AllowOrigins')).toEqual([
    'https://shop.example.com',
  ]);
});

describe('tables with a warm throughput take a sale from its first second on', () => {
  const warmthOf = (app: typeof dev) =>
    Object.fromEntries(
      app
        .ofType('AWS::DynamoDB::Table')
        .map(({ name, Properties }) => [
          name.replace(/^Data\.(\w+?)[0-9A-F]{8}$/, '$1'),
          [Properties, ...list(Properties.GlobalSecondaryIndexes)].map((each) =>
            at(each, 'WarmThroughput', 'WriteUnitsPerSecond'),
          ),
        ]),
    );

  test('for the table Inventory alone', () => {
    const warm = synthesize({ stage: 'prod', inventoryWarmWrites: '40000' });
    const { Inventory, ...others } = warmthOf(warm);
    expect(new Set(Inventory)).toEqual(new Set([40_000]));
    expect(new Set(Object.values(others).flat())).toEqual(new Set([undefined]));
  });

  test('for the tables that an order is written to, with their indexes', () => {
    const { Inventory, Catalog, Settings, Discounts, ...others } = warmthOf(
      synthesize({ stage: 'prod', ordersWarmWrites: '20000' }),
    );
    expect(new Set([Inventory, Catalog, Settings, Discounts].flat())).toEqual(new Set([undefined]));
    expect(others).toEqual({
      Orders: [20_000],
      OrderViews: [20_000, 20_000, 20_000, 20_000, 20_000],
      Contacts: [20_000],
      Idempotency: [20_000],
      GatewayRecords: [20_000],
    });
  });

  test('with at least the read units of a new table', () => {
    const warm = synthesize({ stage: 'prod', inventoryWarmWrites: '5000', ordersWarmWrites: '20000' });
    const reads = warm
      .ofType('AWS::DynamoDB::Table')
      .map(({ Properties }) => at(Properties, 'WarmThroughput', 'ReadUnitsPerSecond'));
    expect(new Set(reads)).toEqual(new Set([12_000, 20_000, undefined]));
  });
});

test('everything that can carry tags says which project, stage and capability it belongs to', () => {
  for (const fn of prod.ofType('AWS::Lambda::Function')) {
    expect(fn.Properties.Tags).toEqual([
      { Key: 'capability', Value: String(fn.Properties.Description).split('/')[0] },
      { Key: 'project', Value: 'holdfast' },
      { Key: 'stage', Value: 'prod' },
    ]);
  }
  for (const table of prod.ofType('AWS::DynamoDB::Table')) {
    expect(table.Properties.Tags).toEqual([
      { Key: 'project', Value: 'holdfast' },
      { Key: 'stage', Value: 'prod' },
    ]);
  }
});

test('the outputs give the address of the API and the name of the bus', () => {
  const outputs = (app: typeof dev) =>
    Object.values(app.templates).flatMap((template) => Object.keys((at(template, 'Outputs') ?? {}) as object));
  expect(outputs(prod)).toEqual(expect.arrayContaining(['ApiUrl', 'UserPoolId', 'UserPoolClientId', 'BusName']));
  expect(outputs(dev)).toContain('SandboxUrl');
});

function secretTemplate({ Properties }: { readonly Properties: Value }): { readonly apiKey: string } {
  return JSON.parse(String(at(Properties, 'GenerateSecretString', 'SecretStringTemplate')));
}

function valuesOf(app: typeof dev, variable: string): readonly Value[] {
  return app.ofType('AWS::Lambda::Function').flatMap((fn) => {
    const value = environmentOf(fn)[variable];
    return value === undefined ? [] : [value];
  });
}
