import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { DynamoEndpoint } from '../dynamodb/dynamo-endpoint.ts';
import { DYNAMODB } from '../dynamodb/store-access.ts';
import { listenOn, readBody } from '../http/node-server.ts';
import { isFromWebPage } from '../http/same-machine.ts';
import type { Authenticate } from './authenticate.ts';
import { type AwsAnswer, type AwsCall, AwsError, type AwsOperations, errorAnswer, type RestCall } from './call.ts';

/** Longest body taken, in bytes: a little more than DynamoDB's own limit of 16 MB. */
const MAX_BODY = 17 * 1024 * 1024;

export interface AwsServices {
  readonly authenticate: Authenticate;
  readonly dynamo: DynamoEndpoint;
  /** Operations by the part of a call's target that comes before the dot (`AWSEvents`). */
  readonly others: Readonly<Record<string, AwsOperations>>;
  /** The calls without a target, which only callers from outside of the app make. */
  readonly rest: (call: RestCall) => Promise<AwsAnswer>;
}

/**
 * The HTTP server that stands for all AWS services: the SDK finds it by `AWS_ENDPOINT_URL`. It listens before its services
 * exist, because the app's own configuration contains its address.
 */
export class AwsEndpoint {
  // Clients keep connections open between invocations; closing an idle one could cut off a request that is on its way.
  readonly #server = createServer({ keepAliveTimeout: 0, noDelay: true }, (request, response) => {
    void this.#serve(request, response);
  });
  #services: AwsServices | undefined;

  /** Listens on a free port of the loopback interface and answers its base URL. */
  listen(): Promise<string> {
    return listenOn(this.#server, 0);
  }

  /** Answers calls from now on; until then every connection is cut. */
  open(services: AwsServices): void {
    this.#services = services;
  }

  /** Stops listening and ends every connection. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, MAX_BODY);
    const headers = request.headers as Record<string, string>;
    const { method = '', url = '' } = request;
    const answer =
      body instanceof Buffer && this.#services
        ? await answerCall(this.#services, { method, url, headers, body: body.toString() })
        : 'cut';
    if (answer === 'cut') {
      request.socket.destroy();
      return;
    }
    const contentLength = Buffer.byteLength(answer.body);
    response.writeHead(answer.status, {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': contentLength,
      ...answer.headers,
    });
    response.end(answer.body);
  }
}

async function answerCall(
  { authenticate, dynamo, others, rest }: AwsServices,
  { method, url, ...request }: RestCall & Omit<AwsCall, 'target'>,
): Promise<AwsAnswer> {
  try {
    if (isFromWebPage(request.headers)) {
      throw new AwsError('AccessDeniedException', 'web pages may not call the local AWS endpoint', 403);
    }
    const call = { ...request, target: request.headers['x-amz-target'] ?? '' };
    const caller = authenticate(call);
    // Only operators get here: a function's signature is refused without a target.
    if (call.target === '') return await rest({ method, url, body: call.body });
    if (call.target.startsWith(DYNAMODB)) return await dynamo.answer(call, caller);
    const [service = '', operation = ''] = call.target.split('.');
    const run = others[service]?.[operation];
    if (!run) throw new AwsError('UnknownOperationException', `the local runner does not support ${call.target}`);
    const output = await run(JSON.parse(call.body || '{}') as never, caller);
    return { status: 200, body: JSON.stringify(output ?? {}) };
  } catch (error) {
    return errorAnswer(error);
  }
}
