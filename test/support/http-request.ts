import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';

type Handler = (
  event: APIGatewayProxyEventV2WithJWTAuthorizer,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

export interface TestRequest {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON; text is sent unchanged. */
  readonly body?: unknown;
  /** The token's subject and groups; absent for a request without a token. */
  readonly as?: { readonly sub: string; readonly groups?: readonly string[] };
}

export interface TestReply {
  readonly status: number;
  readonly contentType: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test checks the body by its expectations.
  readonly body: any;
}

export const staff = { sub: 'sam', groups: ['staff'] };

/** Calls an HTTP entry point with the event of API Gateway: claims are text, and lists are in square brackets. */
export async function call(handler: Handler, request: TestRequest = {}): Promise<TestReply> {
  const { as, body } = request;
  const claims = as && { sub: as.sub, ...(as.groups ? { 'cognito:groups': `[${as.groups.join(' ')}]` } : {}) };
  const event = {
    version: '2.0',
    headers: { 'content-type': 'application/json' },
    pathParameters: request.path,
    queryStringParameters: request.query,
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: { requestId: 'request-1', ...(claims ? { authorizer: { jwt: { claims, scopes: [] } } } : {}) },
  };
  const reply = await handler(event as unknown as APIGatewayProxyEventV2WithJWTAuthorizer, {} as Context);
  return {
    status: reply.statusCode ?? 0,
    contentType: String(reply.headers?.['content-type'] ?? ''),
    body: reply.body === undefined ? undefined : JSON.parse(reply.body),
  };
}
