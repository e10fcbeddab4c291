import middy, { type MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import * as z from 'zod/mini';
import type { RefusalCode, Route } from '../../api/define-route.ts';
import { correlationIdPattern, traceparentPattern } from '../../api/patterns.ts';
import { maxBodyBytes } from '../../api/vocabulary.ts';
import { type Actor, actorOf, belongsTo } from './actor.ts';
import { bodyText } from './body-text.ts';
import { isTransient } from './kernel/faults.ts';
import { isRefusal, type Refusal, refuse } from './kernel/refusal.ts';
import { logger } from './logging.ts';
import { parseOrRefuse } from './parse.ts';
import { problemReply, refusalReply } from './problem.ts';

type OutputOf<S> = S extends z.ZodMiniType ? z.output<S> : undefined;
type PathOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [Key in Name]: string } & PathOf<Rest>
  : unknown;

/** A request whose caller is authorized and whose body and query are parsed. */
export interface HttpRequest<R extends Route> {
  readonly body: OutputOf<R['body']>;
  readonly query: OutputOf<R['query']>;
  readonly path: PathOf<R['path']>;
  /** The body as it was sent, for the verification of signatures. */
  readonly rawBody: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly actor: Actor;
  readonly correlationId: string;
  /** W3C trace context, empty when the caller sent none. */
  readonly traceparent: string;
  readonly requestId: string;
  readonly lambda: Context;
}

/** A document as it is sent. */
interface Document {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export interface HttpReply {
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

type HttpEvent = APIGatewayProxyEventV2WithJWTAuthorizer;
export type HttpFunction = (event: HttpEvent, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

/** The query of a route that declares none: every field is unknown, as unknown fields are on all routes. */
const noQuery = z.strictObject({});

/**
 * Makes the handler of an HTTP entry point. The route says who may call and which body and query are valid. A refusal
 * becomes a problem document. A fault that may pass becomes 503 and any other 500, without details of the fault.
 */
export function httpHandler<const R extends Route>(
  route: R,
  handle: (request: HttpRequest<R>) => Promise<HttpReply | { readonly document: Document } | Refusal<RefusalCode>>,
): HttpFunction {
  const answer = async (event: HttpEvent, context: Context): Promise<APIGatewayProxyStructuredResultV2> => {
    const request = admit(route, event, context);
    if (isRefusal(request)) return refusalReply(request);
    const reply = await handle(request);
    if (isRefusal(reply)) return refusalReply(reply);
    if ('document' in reply) return documentReply(route, reply.document);
    return {
      statusCode: route.success.status,
      headers: { 'content-type': 'application/json', ...reply.headers },
      body: JSON.stringify(reply.body),
    };
  };
  return middy<HttpEvent, APIGatewayProxyStructuredResultV2>().use(faultsAsProblems()).handler(answer) as unknown as (
    event: HttpEvent,
    context: unknown,
  ) => Promise<APIGatewayProxyStructuredResultV2>;
}

/** A document has personal data, so no cache keeps it. */
function documentReply({ success }: Route, { contentType, bytes }: Document): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: success.status,
    headers: { 'content-type': contentType, 'cache-control': 'private, no-store' },
    body: Buffer.from(bytes).toString('base64'),
    isBase64Encoded: true,
  };
}

function faultsAsProblems(): MiddlewareObj<HttpEvent, APIGatewayProxyStructuredResultV2> {
  return {
    onError: async (request) => {
      const error = request.error ?? new Error('unknown fault');
      const { routeKey, requestContext } = request.event;
      logger.error('request failed', { routeKey, requestId: requestContext?.requestId, error });
      request.response = isTransient(error)
        ? problemReply('UNAVAILABLE', 503, 'Please try again.')
        : problemReply('INTERNAL', 500, 'The request failed on our side.');
    },
  };
}

function admit<R extends Route>(route: R, event: HttpEvent, lambda: Context): HttpRequest<R> | Refusal<RefusalCode> {
  const actor = actorOf(event);
  const refusedActor = refuseActor(route, actor);
  if (refusedActor !== undefined) return refusedActor;
  const rawBody = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString('utf8') : (event.body ?? '');
  const body = parseBody(route, rawBody, bodyText(event.body, event.isBase64Encoded));
  if (isRefusal(body)) return body;
  const query = parseQuery(route, event);
  if (isRefusal(query)) return query;
  const headers = event.headers ?? {};
  const wantedCorrelation = headers['x-correlation-id'] ?? '';
  const traceparent = headers.traceparent ?? '';
  return {
    body: body.value as OutputOf<R['body']>,
    query: query.value as OutputOf<R['query']>,
    path: (event.pathParameters ?? {}) as PathOf<R['path']>,
    rawBody,
    headers,
    actor,
    correlationId: correlationIdPattern.test(wantedCorrelation) ? wantedCorrelation : event.requestContext.requestId,
    traceparent: traceparentPattern.test(traceparent) ? traceparent : '',
    requestId: event.requestContext.requestId,
    lambda,
  };
}

function refuseActor(route: Route, actor: Actor): Refusal<RefusalCode> | undefined {
  if (route.access === 'public' || route.access === 'signed') return undefined;
  if (actor.id === '') return refuse('FORBIDDEN', 'The token has no subject.');
  if (route.access === 'customer' || belongsTo(actor, route.access)) return undefined;
  return refuse('FORBIDDEN', `This needs one of the groups ${route.access.join(', ')}.`);
}

function parseBody(route: Route, rawBody: string, text: string | undefined): { value: unknown } | Refusal<RefusalCode> {
  if (Buffer.byteLength(rawBody) > maxBodyBytes) {
    return refuse('BODY_TOO_LARGE', `The body may have at most ${maxBodyBytes} bytes.`);
  }
  if (route.body === undefined) return { value: undefined };
  if (text === undefined) {
    return refuse('VALIDATION_FAILED', 'The body is not UTF-8.', [{ path: '', message: 'not UTF-8' }]);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refuse('VALIDATION_FAILED', 'The body is not JSON.', [{ path: '', message: 'not JSON' }]);
  }
  return parseOrRefuse(route.body, json);
}

function parseQuery(route: Route, event: HttpEvent): { value: unknown } | Refusal<RefusalCode> {
  const query = parseOrRefuse(route.query ?? noQuery, event.queryStringParameters ?? {}, 'query');
  return isRefusal(query) || route.query !== undefined ? query : { value: undefined };
}
