import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Invoke } from '../lambda/invocation.ts';
import type { Meter } from '../meter.ts';
import type { ApiModel } from '../template/app.ts';
import { corsHeaders, isPreflight } from './cors.ts';
import { listenOn, readBody } from './node-server.ts';
import { type GatewayRequest, type GatewayResponse, headersOf, jsonResponse, toEvent, toResponse } from './payload.ts';
import { createRouter, type Router } from './router.ts';
import { isFromForeignWebPage } from './same-machine.ts';
import { Throttle } from './throttle.ts';
import type { Tokens } from './tokens.ts';

/** HTTP APIs accept bodies up to 10 MB and wait 30 s for a function. */
const MAX_BODY = 10 * 1024 * 1024;
const INTEGRATION_TIMEOUT_MS = 30_000;

/** Beginning of the paths of the runner's own routes. They issue tokens for anyone, so web pages may not call them. */
const CONTROL = '/_local/';

/** API Gateway also says what is wrong with the token; this one says it for all. */
const INVALID_TOKEN = 'Bearer scope="" error="invalid_token" error_description="the token is not valid"';

const refusedOrigin = jsonResponse(403, {
  message: 'Not for web pages: call from this machine, by its loopback address',
});

/** Answers a request to the runner itself; undefined passes it to the app. */
export type ControlRoutes = (method: string, path: string, body: Buffer) => Promise<GatewayResponse> | undefined;

export interface GatewayOptions {
  readonly tokens: Tokens;
  readonly invoke: Invoke;
  readonly meter: Meter;
  /** Whether the routes' request limits hold. */
  readonly throttled: boolean;
}

/** One HTTP API on a port of its own. It listens before its routes are known, because they may contain its address. */
export class Gateway {
  readonly #options: GatewayOptions;
  // Longer than any client keeps an idle connection, so that the client closes it.
  readonly #server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    void this.#serve(request, response);
  });
  #model: ApiModel | undefined;
  #route: Router = () => undefined;
  #throttle = new Throttle({});
  #control: ControlRoutes = () => undefined;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /** Listens (0 is any free port) and answers the base URL. Rejects when the port is taken. */
  listen(port: number): Promise<string> {
    return listenOn(this.#server, port);
  }

  open(model: ApiModel, control: ControlRoutes): void {
    this.#model = model;
    this.#route = createRouter(model.routes);
    this.#throttle = new Throttle(this.#options.throttled ? model.throttles : {});
    this.#control = control;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const requestId = randomUUID();
    const headers = headersOf(request);
    const body = await readBody(request, MAX_BODY);
    if (body === 'gone') return;
    const answer =
      body === 'too long'
        ? jsonResponse(413, { message: 'Request Entity Too Large' }, { connection: 'close' })
        : await this.#answer({ method, url, headers, body }, requestId).catch((error) => {
            console.error('the local gateway failed:', error);
            return jsonResponse(500, { message: 'Internal Server Error' });
          });
    if (response.destroyed) return;
    const cors = url.startsWith(CONTROL) ? {} : corsHeaders(this.#model?.cors, headers);
    const contentLength = { 'content-length': Buffer.byteLength(answer.body) };
    response.writeHead(answer.status, { ...answer.headers, ...cors, ...contentLength, 'apigw-requestid': requestId });
    response.end(answer.body);
  }

  async #answer(request: GatewayRequest, requestId: string): Promise<GatewayResponse> {
    const { method, url, headers, body } = request;
    const [rawPath = '/', query = ''] = url.split(/\?(.*)/s);
    if (rawPath.startsWith(CONTROL)) {
      const control = isFromForeignWebPage(headers) ? refusedOrigin : this.#control(method, rawPath, body);
      if (control) return control;
    }
    if (this.#model?.cors && method === 'OPTIONS' && isPreflight(headers)) {
      return { status: 204, headers: {}, body: '' };
    }
    if (!this.#model) return jsonResponse(503, { message: 'Service Unavailable' });
    const match = this.#route(method, rawPath);
    if (!match) return jsonResponse(404, { message: 'Not Found' });
    this.#options.meter.apiCalls++;
    const { route, pathParameters } = match;
    if (!this.#throttle.admits(route.key)) return jsonResponse(429, { message: 'Too Many Requests' });
    const { authorizer } = route;
    const claims = authorizer && (await this.#options.tokens.verify(headers.authorization, authorizer));
    if (authorizer && !claims) {
      const challenge = headers.authorization === undefined ? 'Bearer' : INVALID_TOKEN;
      return jsonResponse(401, { message: 'Unauthorized' }, { 'www-authenticate': challenge });
    }
    const path = decodePath(rawPath);
    const routed = { method, headers, body, path, query, pathParameters, claims, requestId };
    const event = toEvent({ ...routed, routeKey: route.key, apiId: this.#model.name });
    return this.#integrate(route.functionArn, JSON.stringify(event));
  }

  async #integrate(functionArn: string, event: string): Promise<GatewayResponse> {
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => late.resolve(undefined), INTEGRATION_TIMEOUT_MS);
    const result = await Promise.race([this.#options.invoke(functionArn, event), late.promise]);
    clearTimeout(timer);
    if (!result || ('error' in result && result.error.errorType === 'Lambda.TooManyRequestsException')) {
      return jsonResponse(503, { message: 'Service Unavailable' });
    }
    return 'error' in result ? jsonResponse(500, { message: 'Internal Server Error' }) : toResponse(result.payload);
  }
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
