import * as z from 'zod/mini';
import { type RefusalCode, type Route, refusalStatus } from '../../../api/define-route.ts';
import { problem } from '../../../api/vocabulary.ts';

const version = '1.0.0';
const description =
  'Order management: from placement to dispatch and back. HEAD is answered wherever GET is, without a body.';
const everyRoute: readonly RefusalCode[] = ['VALIDATION_FAILED'];
const signedIn: readonly RefusalCode[] = ['FORBIDDEN'];
const withBody: readonly RefusalCode[] = ['BODY_TOO_LARGE'];

type Json = Record<string, unknown>;

function jsonSchema(schema: z.ZodMiniType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return rest;
}

/** The HTTP contract as an OpenAPI 3.1 document, generated from the schemas that parse the requests. */
export function openapiDocument(routes: readonly Route[]): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Holdfast', version, description },
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Problem: jsonSchema(problem, 'output') },
    },
  };
}

function operation(route: Route): Json {
  const open = route.access === 'public' || route.access === 'signed';
  const groups = typeof route.access === 'string' ? [] : route.access;
  const body =
    route.body === undefined ? undefined : { content: json(jsonSchema(route.body, 'input')), required: true };
  return {
    operationId: route.operationId,
    summary: route.summary,
    ...(groups.length > 0 ? { description: `For the groups ${groups.join(', ')}.` } : {}),
    ...(open ? {} : { security: [{ token: [] }] }),
    parameters: [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)],
    ...(body === undefined ? {} : { requestBody: body }),
    responses: { ...success(route), ...refusals(refusalsOf(route, open), open) },
  };
}

function success({ success: { status, body, document } }: Route): Json {
  if (document !== undefined) {
    const schema = { type: 'string', format: 'binary' };
    return { [status]: { description: 'Done.', content: { [document]: { schema } } } };
  }
  const content = body === undefined ? {} : { content: json(jsonSchema(body, 'output')) };
  return { [status]: { description: 'Done.', ...content } };
}

function refusalsOf(route: Route, open: boolean): readonly RefusalCode[] {
  const hasBody = route.body !== undefined || route.access === 'signed';
  return [...everyRoute, ...(open ? [] : signedIn), ...(hasBody ? withBody : []), ...route.refusals];
}

function refusals(codes: readonly RefusalCode[], open: boolean): Json {
  const byStatus = Map.groupBy(new Set(codes), (code) => refusalStatus[code]);
  const problems = [...byStatus].map(([status, group]): [number, Json] => [
    status,
    {
      description: group.join(', '),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]);
  const unauthorized: [number, Json][] = open ? [] : [[401, { description: 'The token is missing or not valid.' }]];
  return Object.fromEntries([...problems, ...unauthorized, [429, { description: 'Too many requests.' }]]);
}

function json(schema: Json): Json {
  return { 'application/json': { schema } };
}

function pathParameters({ path }: Route): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters({ query }: Route): Json[] {
  if (query === undefined) return [];
  const { properties = {} } = jsonSchema(query, 'output') as { properties?: Record<string, Json> };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema }));
}

function headerParameters({ idempotent }: Route): Json[] {
  if (idempotent !== true) return [];
  return [{ name: 'Idempotency-Key', in: 'header', required: true, schema: { type: 'string', maxLength: 255 } }];
}
