import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { routes } from '../../api/routes.ts';
import type { Local } from '../../local/index.ts';
import { type Answer, orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';

let local: Local;
let shop: Shop;
let document: OpenApi;

type Json = Record<string, unknown>;

interface Operation {
  readonly operationId: string;
  readonly security?: readonly Json[];
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Json }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Json }> };
  readonly responses: Record<
    string,
    { readonly description: string; readonly content?: Record<string, { schema: Json }> }
  >;
}

interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Json> };
}

beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true });
  shop = new Shop(local);
  await shop.sell('ATLAS', { stock: { BER: 20 } });
  const answer = await shop.ask<OpenApi>('', 'GET', '/openapi.json');
  expect(answer.status).toBe(200);
  document = answer.body;
});

afterAll(async () => {
  await local?.settled();
  await local?.stop();
});

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );

/** The part of the document that a `$ref` refers to. */
function resolved(schema: Json): Json {
  if (typeof schema.$ref !== 'string') return schema;
  const found = schema.$ref
    .split('/')
    .slice(1)
    .reduce<unknown>((part, key) => (part as Json | undefined)?.[key], document);
  if (found === undefined) throw new Error(`${schema.$ref} refers to nothing`);
  return found as Json;
}

/** A schema as a generated client would apply it. */
const validator = (schema: Json) => z.fromJSONSchema(resolved(schema) as Parameters<typeof z.fromJSONSchema>[0]);

describe('the served OpenAPI document', () => {
  test('describes every route of the contract and no other', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(document.info.title).toBe('Holdfast');
    const described = operations().map(({ method, path, operation }) => `${operation.operationId}: ${method} ${path}`);
    expect(described.sort()).toEqual(
      routes.map(({ operationId, method, path }) => `${operationId}: ${method} ${path}`).sort(),
    );
  });

  test('describes exactly the routes that are deployed, those for HEAD by those for GET', () => {
    const deployed = local.app.apis.flatMap((api) => api.routes.map(({ key }) => key));
    for (const { method, path } of operations()) expect(deployed).toContain(`${method} ${path}`);
    const main = local.app.apis.find((api) => api.routes.some(({ authorizer }) => authorizer));
    expect(main?.routes.map(({ key }) => key).sort()).toEqual(
      operations()
        .flatMap(({ method, path }) => (method === 'GET' ? [`GET ${path}`, `HEAD ${path}`] : [`${method} ${path}`]))
        .sort(),
    );
  });

  test('declares each parameter of a path, and a schema for whatever it declares', () => {
    for (const { path, operation } of operations()) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(operation.parameters.filter((each) => each.in === 'path').map(({ name }) => name)).toEqual(inPath);
      for (const { schema } of operation.parameters) expect(() => validator(schema)).not.toThrow();
      for (const { description, content = {} } of Object.values(operation.responses)) {
        expect(description).not.toBe('');
        for (const { schema } of Object.values(content)) expect(() => validator(schema)).not.toThrow();
      }
    }
  });

  test('requires a token exactly where one is needed', () => {
    for (const { path, method, operation } of operations()) {
      const route = routes.find((each) => each.path === path && each.method === method);
      const open = route?.access === 'public' || route?.access === 'signed';
      expect([path, operation.security !== undefined]).toEqual([path, !open]);
      expect(Object.keys(operation.responses)).toContain('429');
      if (!open) expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '403']));
    }
  });

  test('describes the request bodies: a valid order matches, an invalid one does not', () => {
    const schema = document.paths['/orders']?.post?.requestBody?.content['application/json']?.schema ?? {};
    const order = orderOf('ATLAS', { locale: 'de-DE' });
    expect(validator(schema).safeParse(order).error).toBeUndefined();
    for (const bad of [
      { ...order, lines: [] },
      { ...order, extra: 1 },
      { ...order, currency: 'eur' },
      { currency: 'EUR' },
    ]) {
      expect(validator(schema).safeParse(bad).success).toBe(false);
    }
  });

  test('describes the answers, both successes and refusals', async () => {
    const order = await shop.ordered('alice', orderOf('ATLAS'));
    const { orderId, shipments } = order;
    const staff = 'sam:staff';
    const fits = (path: string, method: string, { status, headers, body }: Answer<unknown>) => {
      const content = document.paths[path]?.[method]?.responses[status]?.content ?? {};
      const schema = content[headers.get('content-type') ?? ''];
      expect([path, method, status, schema !== undefined]).toEqual([path, method, status, true]);
      expect([path, method, validator(schema?.schema ?? {}).safeParse(body).error]).toEqual([path, method, undefined]);
    };
    const product = {
      title: 'Atlas',
      prices: [{ currency: 'EUR', amountMinor: 1_000 }],
      weightGrams: 500,
      active: true,
    };
    const receipt = { receiptId: 'r', location: 'BER', quantity: 1 };
    await shop.locate('BER');
    fits('/orders', 'post', await shop.place('alice', orderOf('ATLAS')));
    fits('/orders', 'get', await shop.ask(staff, 'GET', '/orders?limit=1'));
    fits('/orders/{orderId}', 'get', await shop.ask('alice', 'GET', `/orders/${orderId}`));
    fits('/orders/{orderId}/events', 'get', await shop.ask('alice', 'GET', `/orders/${orderId}/events`));
    fits('/catalog', 'get', await shop.ask('', 'GET', '/catalog'));
    fits('/catalog/{sku}', 'get', await shop.ask('', 'GET', '/catalog/ATLAS'));
    fits('/catalog/{sku}', 'put', await shop.ask(staff, 'PUT', '/catalog/ATLAS', product));
    fits('/inventory/{sku}', 'get', await shop.ask(staff, 'GET', '/inventory/ATLAS'));
    fits('/inventory/{sku}/receipts', 'post', await shop.ask(staff, 'POST', '/inventory/ATLAS/receipts', receipt));
    const dispatch = '/orders/{orderId}/shipments/{shipmentId}/dispatch';
    fits(dispatch, 'post', await shop.dispatch(orderId, shipments[0]?.shipmentId ?? ''));
    fits('/orders/{orderId}/cancel', 'post', await shop.cancel(orderId));
    fits('/orders', 'post', await shop.place('alice', {}));
    fits('/orders', 'post', await shop.place('alice', orderOf('NOTHING')));
    fits('/orders', 'post', await shop.place('alice', 'x'.repeat(300_000)));
    fits('/orders/{orderId}', 'get', await shop.ask('mallory', 'GET', `/orders/${orderId}`));
    fits('/inventory/{sku}', 'get', await shop.ask('alice', 'GET', '/inventory/ATLAS'));
    fits('/orders', 'get', await shop.ask('alice', 'GET', '/orders?cursor=x'));
    for (const path of ['/webhooks/payment', '/webhooks/carrier'])
      fits(path, 'post', await shop.ask('', 'POST', path, '{}'));
  });
});

describe('a route with too many requests', () => {
  test('answers 429 beyond its own limit while other routes answer, and recovers a moment later', async () => {
    const { burst, ratePerSecond } = routes.find(({ path }) => path === '/openapi.json')?.throttle ?? {
      burst: 0,
      ratePerSecond: 1,
    };
    const answers = await Promise.all(Array.from({ length: burst * 2 }, () => shop.ask('', 'GET', '/openapi.json')));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(burst / 2);
    expect(refused.length).toBeGreaterThan(0);
    expect(answers.every(({ status }) => status === 200 || status === 429)).toBe(true);
    expect(refused[0]?.text).toBe('{"message":"Too Many Requests"}');
    expect((await shop.ask('', 'GET', '/catalog/ATLAS')).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, (2 / ratePerSecond) * 1_000));
    expect((await shop.ask('', 'GET', '/openapi.json')).status).toBe(200);
  });

  test('has a limit of its own, as every route does', () => {
    const throttles = local.app.apis.find((api) => api.routes.some(({ authorizer }) => authorizer))?.throttles ?? {};
    for (const { method, path, throttle } of routes) expect(throttles[`${method} ${path}`]).toEqual(throttle);
  });
});
