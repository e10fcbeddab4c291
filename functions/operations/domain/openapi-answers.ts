import type * as z from 'zod/mini';
import { type RefusalCode, type Route, refusalStatus, retryAfterSeconds } from '../../../api/define-route.ts';
import { gatewayError, problem } from '../../../api/vocabulary.ts';
import type { Json, JsonSchemas } from './json-schemas.ts';

/** What API Gateway itself answers, by status. */
const gatewayMessages = {
  401: 'Unauthorized',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

type GatewayStatus = keyof typeof gatewayMessages;

const gatewayReasons: Readonly<Record<GatewayStatus, string>> = {
  401: 'By the gateway: the token is missing, expired or not valid.',
  404: 'By the gateway: a parameter of the path is empty or has a slash.',
  413: 'By the gateway: the body has more than 10 MB.',
  429: 'By the gateway: too many requests. Try again after a pause; there is no Retry-After.',
  500: 'By the gateway: the function ended without an answer.',
  503: 'By the gateway: the function is not available or took longer than 30 seconds.',
};

/** Codes of faults, which every route may answer. */
const faultStatus = { INTERNAL: 500, UNAVAILABLE: 503 } as const;

const successDescriptions: Readonly<Record<Route['success']['status'], string>> = {
  200: 'Done.',
  201: 'Created.',
  202: 'Accepted. What remains happens after the answer.',
  204: 'Done.',
};

const requestId = { $ref: '#/components/headers/RequestId' };

/** Headers that are the same in all answers that have them. */
export const answerHeaders = {
  RequestId: {
    description: 'Id of the request at the gateway; sent as `apigw-requestid`. The logs have it.',
    required: true,
    schema: { type: 'string' },
  },
  RetryAfter: {
    description: 'Seconds after which the request may be repeated. Answers of the gateway itself do not have it.',
    schema: { type: 'string', pattern: '^[0-9]+$' },
  },
  WwwAuthenticate: {
    description: 'The scheme `Bearer`; after a token that is not valid, also what is wrong with it.',
    required: true,
    schema: { type: 'string', pattern: '^Bearer' },
  },
} as const;

/** The schemas of the headers of a route's answers. */
export function answerHeaderSchemas({ success }: Route): readonly z.ZodMiniType[] {
  return Object.values(success.headers ?? {}).map(({ schema }) => schema);
}

/** Every answer of a route by status. An answer to HEAD has the status and the headers of the one to GET, and no body. */
export function answersOf(route: Route, schemas: JsonSchemas, method: string): Json {
  const statuses = [...problemCodes(route).keys(), ...gatewayStatuses(route)].sort((a, b) => a - b);
  const errors = [...new Set(statuses)].map((status) => [status, errorOf(route, status, schemas)]);
  const all = { [route.success.status]: successOf(route, schemas), ...Object.fromEntries(errors) } as Record<
    string,
    Json
  >;
  if (method !== 'HEAD') return all;
  return Object.fromEntries(Object.entries(all).map(([status, { content: _content, ...rest }]) => [status, rest]));
}

function successOf({ success }: Route, schemas: JsonSchemas): Json {
  const headers = Object.entries(success.headers ?? {}).map(([name, { description, schema, required = false }]) => {
    return [name, { description, required, schema: schemas.of(schema) }] as const;
  });
  const binary = { schema: { type: 'string', contentMediaType: 'application/octet-stream' } };
  const documents = (success.documents ?? []).map((type) => [type, binary] as const);
  const json = success.body === undefined ? [] : [['application/json', { schema: schemas.of(success.body) }] as const];
  const content = Object.fromEntries([...json, ...documents]);
  return {
    description: successDescriptions[success.status],
    headers: { ...Object.fromEntries(headers), 'apigw-requestid': requestId },
    ...(Object.keys(content).length > 0 ? { content } : {}),
  };
}

/** The codes of the problem documents of a route by status. */
function problemCodes(route: Route): Map<number, string[]> {
  const refusals: RefusalCode[] = ['VALIDATION_FAILED'];
  if (!isOpen(route)) refusals.push('FORBIDDEN');
  if (route.method !== 'GET') refusals.push('BODY_TOO_LARGE');
  const codes = [...new Set([...refusals, ...route.refusals])].map((code) => [code, refusalStatus[code]] as const);
  const byStatus = new Map<number, string[]>();
  for (const [code, status] of [...codes, ...Object.entries(faultStatus)]) {
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return byStatus;
}

/** The statuses that the gateway itself answers on a route. */
function gatewayStatuses(route: Route): readonly GatewayStatus[] {
  return [
    ...(isOpen(route) ? [] : [401 as const]),
    ...(route.path.includes('{') ? [404 as const] : []),
    ...(route.method === 'GET' ? [] : [413 as const]),
    429,
    500,
    503,
  ];
}

function errorOf(route: Route, status: number, schemas: JsonSchemas): Json {
  const codes = problemCodes(route).get(status) ?? [];
  const byGateway = gatewayStatuses(route).find((each) => each === status);
  const descriptions = [
    ...(codes.length > 0 ? [`${codes.join(', ')}.`] : []),
    ...(byGateway === undefined ? [] : [gatewayReasons[byGateway]]),
  ];
  return {
    description: descriptions.join(' '),
    headers: {
      ...(codes.some((code) => retryAfterSeconds[code] !== undefined)
        ? { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } }
        : {}),
      ...(byGateway === 401 ? { 'WWW-Authenticate': { $ref: '#/components/headers/WwwAuthenticate' } } : {}),
      'apigw-requestid': requestId,
    },
    content: {
      ...(codes.length > 0 ? { 'application/problem+json': { schema: schemas.of(problem) } } : {}),
      ...(byGateway === undefined
        ? {}
        : {
            'application/json': { schema: schemas.of(gatewayError), example: { message: gatewayMessages[byGateway] } },
          }),
    },
  };
}

/** True for a route that is called without a token. */
export function isOpen({ access }: Route): boolean {
  return access === 'public' || access === 'signed';
}
