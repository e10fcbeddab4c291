import type { IncomingMessage } from 'node:http';
import { ACCOUNT } from '../template/resource-types.ts';

/** A request as it was received. */
export interface GatewayRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** By name in lower case; repeated ones are joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A request with its route, its parsed path and its claims. */
export interface RoutedRequest extends Omit<GatewayRequest, 'url'> {
  readonly path: string;
  readonly query: string;
  readonly routeKey: string;
  readonly pathParameters: Record<string, string | undefined>;
  /** Claims of the verified token; undefined on a public route. */
  readonly claims: Record<string, unknown> | undefined;
  readonly apiId: string;
  readonly requestId: string;
}

/** Content types whose bodies HTTP APIs pass on as text; any other body is encoded in base64. */
const TEXT = /^(text\/|application\/(json|javascript|xml)\b)/i;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * The event of payload format 2.0: header names in lower case, repeated headers and query parameters joined by commas,
 * cookies in a field of their own, absent parts left out, claims as strings.
 */
export function toEvent(routed: RoutedRequest): object {
  const { method, body, path, query, routeKey, pathParameters, claims, apiId, requestId } = routed;
  const { cookie, ...headers } = routed.headers;
  const isBase64Encoded = body.length > 0 && !TEXT.test(headers['content-type'] ?? '');
  const host = headers.host ?? 'localhost';
  const now = new Date();
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookie && { cookies: cookie.split(/; */) }),
    headers: {
      ...headers,
      'x-amzn-trace-id': `Root=1-${Math.floor(now.getTime() / 1000).toString(16)}-${requestId.replaceAll('-', '').slice(0, 24)}`,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-port': host.split(':')[1] ?? '80',
      'x-forwarded-proto': 'http',
    },
    ...(query && { queryStringParameters: queryParameters(query) }),
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    requestContext: {
      accountId: ACCOUNT,
      apiId,
      ...(claims && { authorizer: { jwt: { claims: claimsAsStrings(claims), scopes: null } } }),
      domainName: host,
      domainPrefix: host.split('.')[0],
      http: {
        method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey,
      stage: '$default',
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 && { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
  };
}

/** Every claim as a string, lists as `[a b]`, as HTTP APIs pass them on. */
function claimsAsStrings(claims: Record<string, unknown>): Record<string, string> {
  const text = (value: unknown) => {
    if (Array.isArray(value)) return `[${value.join(' ')}]`;
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  };
  return Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, text(value)]));
}

/** A request's headers, by name in lower case; the values of a repeated header are joined by commas. */
export function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headersDistinct)) if (value) headers[name] = value.join(',');
  return headers;
}

function queryParameters(query: string): Record<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const before = parameters.get(name);
    parameters.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(parameters);
}

function commonLogTime(date: Date): string {
  const [day, month, year] = [
    String(date.getUTCDate()).padStart(2, '0'),
    MONTHS[date.getUTCMonth()],
    date.getUTCFullYear(),
  ];
  return `${day}/${month}/${year}:${date.toISOString().slice(11, 19)} +0000`;
}

/** A response of the gateway. */
export interface GatewayResponse {
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
  readonly body: string | Buffer;
}

export function jsonResponse(status: number, content: unknown, headers: Record<string, string> = {}): GatewayResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(content),
  };
}

interface HandlerResult {
  statusCode?: number;
  headers?: Record<string, string | number | boolean>;
  cookies?: string[];
  body?: string;
  isBase64Encoded?: boolean;
}

/** Converts a function's result (JSON text) to a response; a result without a `statusCode` is the body of a 200. */
export function toResponse(payload: string): GatewayResponse {
  const result = JSON.parse(payload) as HandlerResult | null;
  if (typeof result !== 'object' || result === null || result.statusCode === undefined)
    return jsonResponse(200, result);
  const headers: Record<string, string | string[]> = { 'content-type': 'text/plain;charset=UTF-8' };
  for (const [name, value] of Object.entries(result.headers ?? {})) headers[name.toLowerCase()] = String(value);
  if (result.cookies?.length) headers['set-cookie'] = result.cookies;
  const text = result.body ?? '';
  const body = result.isBase64Encoded ? Buffer.from(text, 'base64') : text;
  return { status: result.statusCode, headers, body };
}
