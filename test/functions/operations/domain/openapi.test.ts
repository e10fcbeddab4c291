import { describe, expect, it } from 'vitest';
import { refusalStatus } from '../../../../api/define-route.ts';
import { routes } from '../../../../api/routes.ts';
import { openapiDocument } from '../../../../functions/operations/domain/openapi.ts';
import { handler } from '../../../../functions/operations/show-openapi.ts';
import { call } from '../../shared/requests.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: object;
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly security?: object[];
  readonly parameters: Parameter[];
  readonly requestBody?: { required: boolean; content: Record<string, { schema: Record<string, unknown> }> };
  readonly responses: Record<string, { description: string; content?: Record<string, { schema?: { $ref?: string } }> }>;
}
interface Document {
  readonly openapi: string;
  readonly info: { title: string; version: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { securitySchemes: Record<string, object>; schemas: Record<string, object> };
}

const document = openapiDocument(routes) as unknown as Document;
const operation = (method: string, path: string) => document.paths[path]?.[method.toLowerCase()] as Operation;
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

  it('lists every route and no other', () => {
    const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(listed.sort()).toEqual(cases.map(([name]) => name).sort());
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
    for (const parameter of inPath) expect(parameter).toMatchObject({ required: true, schema: { type: 'string' } });
  });

  it.each(cases)('%s requires a token unless it is open', (_, route, found) => {
    const open = route.access === 'public' || route.access === 'signed';
    expect(found.security).toEqual(open ? undefined : [{ token: [] }]);
    expect(Object.keys(found.responses).includes('403')).toBe(!open);
  });

  it.each(cases)('%s shows each of its refusals as a problem', (_, route, found) => {
    for (const code of route.refusals) {
      const response = found.responses[String(refusalStatus[code])];
      expect(response?.description).toContain(code);
      expect(response?.content?.['application/problem+json']?.schema?.$ref).toBe('#/components/schemas/Problem');
    }
  });

  it.each(cases)('%s describes 429, and 413 where it has a body', (_, route, found) => {
    expect(found.responses['429']).toBeDefined();
    const takesBody = route.body !== undefined || route.access === 'signed';
    expect(found.responses['413'] !== undefined).toBe(takesBody);
    expect(found.requestBody !== undefined).toBe(route.body !== undefined);
  });

  it('describes the body of an order so that a validator refuses a wrong one', () => {
    const schema = operation('POST', '/orders').requestBody?.content['application/json']?.schema;
    expect(schema).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: ['currency', 'lines', 'shippingAddress', 'contact', 'paymentMethodId'],
      properties: { lines: { type: 'array', minItems: 1, maxItems: 50, items: { additionalProperties: false } } },
    });
  });

  it('names the key of a placement and the filters of a list', () => {
    const key = operation('POST', '/orders').parameters.find((each) => each.in === 'header');
    expect(key).toMatchObject({ name: 'Idempotency-Key', required: true });
    const filters = operation('GET', '/orders').parameters.filter((each) => each.in === 'query');
    expect(filters.map(({ name }) => name)).toEqual(['status', 'from', 'to', 'limit', 'cursor']);
    expect(filters.find(({ name }) => name === 'limit')?.schema).toMatchObject({ minimum: 1, maximum: 100 });
  });

  it('refers only to what it contains', () => {
    const refs = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? [];
    expect(new Set(refs)).toEqual(new Set(['"$ref":"#/components/schemas/Problem"']));
    expect(document.components.schemas.Problem).toMatchObject({ type: 'object' });
    expect(document.components.securitySchemes).toHaveProperty('token');
  });

  it('has no empty schema', () => {
    const empty = JSON.stringify(document).match(/"schema":\{\}/g);
    expect(empty).toBeNull();
  });
});
