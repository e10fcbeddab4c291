import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type RefusalCode, refusalStatus } from '../../../../api/define-route.ts';
import { orderIdPattern, shipmentIdPattern } from '../../../../api/patterns.ts';
import { routes } from '../../../../api/routes.ts';
import { requestSchemas, responseSchemas } from '../../../../api/schemas.ts';
import { openapiDocument } from '../../../../functions/operations/domain/openapi.ts';
import { handler } from '../../../../functions/operations/show-openapi.ts';
import { call } from '../../shared/requests.ts';

type Json = Record<string, unknown>;
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
  readonly required?: boolean;
  readonly schema: Json;
}
interface Answer {
  readonly description: string;
  readonly headers: Record<string, Json>;
  readonly content?: Record<string, { readonly schema: Json; readonly example?: Json }>;
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: string[];
  readonly security: object[];
  readonly parameters: Parameter[];
  readonly requestBody?: { required: boolean; content: Record<string, { schema: Json }> };
  readonly responses: Record<string, Answer>;
}
interface Document {
  readonly openapi: string;
  readonly info: { title: string; version: string };
  readonly servers: { url: string }[];
  readonly tags: { name: string; description: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { securitySchemes: Json; headers: Json; schemas: Record<string, Json> };
}

const faults: Readonly<Record<string, number>> = { INTERNAL: 500, UNAVAILABLE: 503 };
const root = join(import.meta.dirname, '../../../..');
const document = openapiDocument(routes) as unknown as Document;
const operation = (method: string, path: string) => document.paths[path]?.[method.toLowerCase()] as Operation;
const heads = routes
  .filter(({ method }) => method === 'GET')
  .map(({ path }) => [`HEAD ${path}`, operation('GET', path), operation('HEAD', path)] as const);
const everyOperation = Object.values(document.paths).flatMap((methods) => Object.values(methods));
const componentOf = ({ $ref }: Json) => String($ref).replace('#/components/schemas/', '');
/** A schema with the named one in place of a reference to it. */
const resolved = (schema: Json): Json =>
  '$ref' in schema ? (document.components.schemas[componentOf(schema)] ?? {}) : schema;
const cases = routes.map(
  (route) => [`${route.method} ${route.path}`, route, operation(route.method, route.path)] as const,
);

describe('the OpenAPI document', () => {
  it('has version 3.1 and a title', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d$/);
    expect(document.info).toMatchObject({ title: 'Holdfast', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
  });

  it('is public and served unchanged', async () => {
    const { status, body } = await call(handler, { sub: null });
    expect(status).toBe(200);
    expect(body).toEqual(JSON.parse(JSON.stringify(document)));
  });

  it('lists every route, those for GET also for HEAD, and no other', () => {
    const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(listed.sort()).toEqual([...cases, ...heads].map(([name]) => name).sort());
  });

  it.each(cases)('%s has its own id, one answer for success, and a description of each answer', (_, route, found) => {
    expect(found).toMatchObject({ operationId: route.operationId, summary: route.summary });
    const codes = Object.keys(found.responses);
    expect(codes.filter((code) => code.startsWith('2'))).toEqual([String(route.success.status)]);
    for (const code of codes) {
      expect(code).toMatch(/^[245]\d\d$/);
      expect(found.responses[code]?.description).not.toBe('');
    }
  });

  it.each(cases)('%s names every parameter of its path, as required', (_, route, found) => {
    const inPath = found.parameters.filter((each) => each.in === 'path');
    expect(inPath.map(({ name }) => `{${name}}`)).toEqual(route.path.match(/\{\w+\}/g) ?? []);
    for (const { required, schema } of inPath) {
      expect(required).toBe(true);
      expect(resolved(schema)).toMatchObject({ type: 'string', pattern: expect.stringMatching(/^\^.+\$$/) });
    }
  });

  it('bounds the length of every text in a query and in a header', () => {
    for (const { parameters } of everyOperation) {
      for (const { name, schema } of parameters) {
        const { type, maxLength, pattern, enum: values } = resolved(schema);
        if (type === 'string') expect([name, maxLength ?? pattern ?? values]).not.toEqual([name, undefined]);
      }
    }
  });

  it('describes ids by the patterns that the functions check', () => {
    const { OrderId, ShipmentId } = document.components.schemas;
    expect([OrderId?.pattern, ShipmentId?.pattern]).toEqual([orderIdPattern.source, shipmentIdPattern.source]);
  });

  it.each(cases)('%s requires a token unless it is open', (_, route, found) => {
    const open = route.access === 'public' || route.access === 'signed';
    expect(found.security).toEqual(open ? [] : [{ token: [] }]);
    expect(Object.keys(found.responses).includes('403')).toBe(!open);
  });

  it.each(cases)('%s says which groups may call', (_, route, found) => {
    const { access } = route;
    const said = { public: 'all callers', signed: 'the gateway that signs', customer: 'every signed-in user' };
    for (const word of typeof access === 'string' ? [said[access]] : access) expect(found.description).toContain(word);
    expect(found.tags).toEqual([route.entryPoint.split('/')[0]]);
    expect(document.tags.map(({ name }) => name)).toContain(found.tags[0]);
  });

  it.each(cases)('%s shows each of its refusals as a problem', (_, route, found) => {
    for (const code of [...route.refusals, 'INTERNAL', 'UNAVAILABLE'] as const) {
      const response =
        found.responses[code in refusalStatus ? refusalStatus[code as RefusalCode] : (faults[code] ?? 0)];
      expect(response?.description).toContain(code);
      expect(response?.content?.['application/problem+json']?.schema).toEqual({ $ref: '#/components/schemas/Problem' });
    }
  });

  it.each(cases)('%s shows the answers of the gateway itself as they are', (_, route, found) => {
    const open = route.access === 'public' || route.access === 'signed';
    const given = Object.entries(found.responses).flatMap(([status, { content }]) => {
      const { schema, example } = content?.['application/json'] ?? {};
      if (Number(status) < 400 || schema === undefined) return [];
      expect(schema).toEqual({ $ref: '#/components/schemas/GatewayError' });
      return [`${status} ${example?.message}`];
    });
    expect(given).toEqual([
      ...(open ? [] : ['401 Unauthorized']),
      ...(route.path.includes('{') ? ['404 Not Found'] : []),
      ...(route.method === 'GET' ? [] : ['413 Request Entity Too Large']),
      '429 Too Many Requests',
      '500 Internal Server Error',
      '503 Service Unavailable',
    ]);
    expect('WWW-Authenticate' in (found.responses['401']?.headers ?? {})).toBe(!open);
  });

  it.each(cases)('%s describes its body, also the one that a gateway signs', (_, route, found) => {
    const takesBody = route.body !== undefined || route.access === 'signed';
    expect(found.requestBody !== undefined).toBe(takesBody);
  });

  it.each(cases)('%s has named schemas for its bodies', (_, route, found) => {
    const contents = [found.requestBody?.content, ...Object.values(found.responses).map(({ content }) => content)];
    const bodies = contents.flatMap((content = {}) =>
      Object.entries(content).flatMap(([type, { schema }]) => (type.endsWith('json') ? [schema] : [])),
    );
    for (const schema of bodies) {
      expect(Object.keys(schema)).toEqual(['$ref']);
      expect(document.components.schemas).toHaveProperty(componentOf(schema));
    }
    expect(bodies.length).toBeGreaterThan(route.success.documents === undefined ? 4 : 3);
  });

  it.each(heads)('%s answers as GET does, without a body', (_, get, head) => {
    expect(head.parameters).toEqual(get.parameters);
    expect(head.security).toEqual(get.security);
    expect(Object.keys(head.responses)).toEqual(Object.keys(get.responses));
    for (const [status, { headers, content }] of Object.entries(head.responses)) {
      expect(headers).toEqual(get.responses[status]?.headers);
      expect(content).toBeUndefined();
    }
  });

  it('has the id of each operation once', () => {
    expect(new Set(everyOperation.map(({ operationId }) => operationId)).size).toBe(everyOperation.length);
  });

  it('names the types that clients work with, and each schema once', () => {
    const { schemas } = document.components;
    const wanted = ['Order', 'PlacedOrder', 'OrderPage', 'OrderEvent', 'Product', 'Price', 'StockLevel', 'StockPlan'];
    expect(Object.keys(schemas)).toEqual(expect.arrayContaining([...wanted, 'Location', 'Shipment', 'Problem']));
    const named = new Set([...Object.values(requestSchemas), ...Object.values(responseSchemas)]);
    expect(named.size).toBe(Object.keys(schemas).length);
    for (const [name, schema] of Object.entries(requestSchemas)) {
      if (name in responseSchemas) expect(responseSchemas[name]).toBe(schema);
    }
  });

  it('lets answers have more fields, and requests none', () => {
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      if (name.endsWith('Request')) expect([name, schema.additionalProperties]).toEqual([name, false]);
      else expect(JSON.stringify(schema)).not.toContain('"additionalProperties":false');
    }
  });

  it('names the headers of a placement, and those by which gateways sign', () => {
    const { headers } = operation('POST', '/orders').responses['201'] as Answer;
    expect(headers).toMatchObject({ Location: { required: true }, 'Idempotent-Replayed': { required: false } });
    const headersOf = (path: string) =>
      operation('POST', path).parameters.flatMap((each) => (each.in === 'header' ? [each.name] : []));
    expect(headersOf('/webhooks/payment')).toEqual(['Stripe-Signature', 'X-Correlation-Id', 'traceparent']);
    expect(headersOf('/webhooks/carrier')).toEqual(
      expect.arrayContaining(['X-Hmac-Signature-V2', 'X-Timestamp', 'X-Path', 'X-Hmac-Signature']),
    );
  });

  it.each(cases)('%s names the headers of a trace where the function reads them', (_, route, found) => {
    const source = readFileSync(join(root, 'functions', `${route.entryPoint}.ts`), 'utf8');
    const names = found.parameters.map(({ name }) => name);
    for (const name of ['X-Correlation-Id', 'traceparent']) {
      expect([name, names.includes(name)]).toEqual([name, /httpOrigin|traceparent/.test(source)]);
    }
  });

  it.each(cases)('%s says when a refused request may be repeated, where the answer does', (_, __, found) => {
    const statuses = Object.keys(found.responses).filter(
      (each) => 'Retry-After' in (found.responses[each]?.headers ?? {}),
    );
    const repeated = Object.values(found.responses).some(({ description }) => description.includes('IN_PROGRESS'));
    expect(statuses).toEqual(repeated ? ['409', '503'] : ['503']);
  });

  it('describes the body of an order so that a validator refuses a wrong one', () => {
    const { schema } = operation('POST', '/orders').requestBody?.content['application/json'] ?? { schema: {} };
    expect(resolved(schema)).toMatchObject({
      type: 'object',
      additionalProperties: false,
      // Only pricing knows whether an address is needed.
      required: ['currency', 'lines', 'contact', 'paymentMethodId'],
      properties: { lines: { type: 'array', minItems: 1, maxItems: 500 } },
    });
    expect(document.components.schemas.OrderLineRequest).toMatchObject({ additionalProperties: false });
  });

  it('names the key of a placement and the filters of a list', () => {
    const key = operation('POST', '/orders').parameters.find((each) => each.in === 'header');
    expect(key).toMatchObject({ name: 'Idempotency-Key', required: true });
    const filters = operation('GET', '/orders').parameters.filter((each) => each.in === 'query');
    expect(filters.map(({ name }) => name)).toEqual(['status', 'from', 'to', 'limit', 'cursor']);
    const filter = (name: string) => filters.find((each) => each.name === name);
    expect(filter('limit')?.schema).toMatchObject({ minimum: 1, maximum: 100 });
    // Both ends of a range are included.
    expect(filter('from')?.description).toBe('Only orders placed at this time or later.');
    expect(filter('to')?.description).toBe('Only orders placed at this time or earlier.');
  });

  it('refers only to what it contains', () => {
    const refs = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? [];
    const parts = ['headers', 'schemas'].flatMap((part) =>
      Object.keys(document.components[part as 'headers' | 'schemas']).map(
        (name) => `"$ref":"#/components/${part}/${name}"`,
      ),
    );
    expect(new Set(refs)).toEqual(new Set(parts));
    expect(document.components.schemas.Problem).toMatchObject({ type: 'object' });
    expect(document.components.securitySchemes).toMatchObject({ token: { scheme: 'bearer', bearerFormat: 'JWT' } });
  });

  it('has no empty schema', () => {
    const empty = JSON.stringify(document).match(/"schema":\{\}/g);
    expect(empty).toBeNull();
  });
});
