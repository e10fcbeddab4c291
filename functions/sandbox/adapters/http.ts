import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { logger } from '../../shared/logging.ts';

/** A request to a sandbox gateway. */
export interface SandboxRequest {
  readonly method: string;
  /** Without the prefix of a stage or proxy: begins with `/v1` or `/v2`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The key of a `Bearer` or the user of a `Basic` authorization, or undefined. */
  readonly apiKey: string | undefined;
  /** Origin of the URL that was called, such as `https://abc.execute-api.eu-central-1.amazonaws.com`. */
  readonly origin: string;
}

export interface SandboxAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

type Handler = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

/**
 * Wraps a sandbox gateway as a Lambda handler that answers with JSON.
 *
 * @param faulted the answer when the gateway throws, in the provider's error format.
 */
export function sandboxHandler(
  answer: (request: SandboxRequest) => Promise<SandboxAnswer>,
  faulted: SandboxAnswer,
): Handler {
  return async (event) => {
    let given: SandboxAnswer;
    try {
      given = await answer(readRequest(event));
    } catch (error) {
      logger.error('sandbox failed', { requestId: event.requestContext.requestId, error: error as Error });
      given = faulted;
    }
    return {
      statusCode: given.status,
      headers: {
        'content-type': 'application/json',
        'request-id': `req_${event.requestContext.requestId}`,
        ...given.headers,
      },
      body: JSON.stringify(given.body),
    };
  };
}

function readRequest(event: APIGatewayProxyEventV2): SandboxRequest {
  const body = event.body ?? '';
  return {
    method: event.requestContext.http.method,
    path: /\/v[12]\/.*$/.exec(event.rawPath)?.[0] ?? event.rawPath,
    query: event.queryStringParameters ?? {},
    body: event.isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body,
    headers: event.headers,
    apiKey: readKey(event.headers.authorization ?? ''),
    origin: originOf(event),
  };
}

function readKey(authorization: string): string | undefined {
  const [scheme = '', credentials = ''] = authorization.split(' ', 2);
  if (scheme.toLowerCase() === 'bearer') return credentials;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  return Buffer.from(credentials, 'base64').toString('utf8').split(':', 1)[0];
}

/** API Gateway passes the protocol in a header; a local server is called without TLS. */
function originOf({ headers, requestContext }: APIGatewayProxyEventV2): string {
  const host = headers.host ?? requestContext.domainName;
  const local = /^(localhost|127\.|\[::1\])/.test(host);
  return `${headers['x-forwarded-proto'] ?? (local ? 'http' : 'https')}://${host}`;
}
