import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { HttpFunction } from '../../../functions/shared/http-handler.ts';

/**
 * The fields of a request that a test sets; the others are as API Gateway's HTTP API sends them (payload format 2.0).
 */
export interface RequestOptions {
  readonly body?: unknown;
  /** The body as text, when it is not to be written as JSON. */
  readonly rawBody?: string;
  readonly base64?: boolean;
  /** The body as bytes, with `base64`. */
  readonly rawBytes?: readonly number[];
  readonly query?: Readonly<Record<string, string>>;
  readonly path?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** The token's subject; null for a request without a token. */
  readonly sub?: string | null;
  readonly groups?: readonly string[];
  /** Milliseconds the function has left. */
  readonly remainingMs?: number;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any JSON of an answer
  readonly body: any;
}

let requests = 0;

/** Calls an HTTP entry point as API Gateway does, and reads its answer. */
export async function call(handler: HttpFunction, options: RequestOptions = {}): Promise<Reply> {
  const answer = await handler(httpEvent(options), lambdaContext(options.remainingMs));
  return readReply(answer);
}

export function httpEvent(options: RequestOptions): Parameters<HttpFunction>[0] {
  const { sub = 'alice', groups = [], path = {}, query, headers = {} } = options;
  const text = options.rawBody ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const bytes = options.rawBytes === undefined ? Buffer.from(text ?? '') : Buffer.from(options.rawBytes);
  const body = options.base64 === true ? bytes.toString('base64') : text;
  requests += 1;
  // The authorizer passes every claim as text, a list in brackets without commas.
  const claims = { sub, ...(groups.length > 0 ? { 'cognito:groups': `[${groups.join(' ')}]` } : {}) };
  return {
    version: '2.0',
    routeKey: 'GET /',
    rawPath: '/',
    rawQueryString: '',
    headers,
    pathParameters: path,
    ...(query === undefined ? {} : { queryStringParameters: query }),
    ...(body === undefined ? {} : { body }),
    isBase64Encoded: options.base64 === true,
    requestContext: {
      requestId: `request-${requests}`,
      ...(sub === null ? {} : { authorizer: { jwt: { claims, scopes: [] } } }),
    },
  } as unknown as Parameters<HttpFunction>[0];
}

export function lambdaContext(remainingMs = 10_000): Context {
  return { awsRequestId: 'aws-1', getRemainingTimeInMillis: () => remainingMs } as Context;
}

function readReply({ statusCode, headers, body }: APIGatewayProxyStructuredResultV2): Reply {
  return { status: statusCode ?? 0, headers: headers ?? {}, body: body === undefined ? undefined : JSON.parse(body) };
}
