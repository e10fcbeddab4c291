import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Invoke } from '../lambda/invocation.ts';
import type { Serve } from '../lambda/served-request.ts';
import type { Meter } from '../meter.ts';
import type { ApiModel } from '../template/app.ts';
import { corsHeaders, isPreflight } from './cors.ts';
import { type GatewayRequest, type GatewayResponse, headersOf, jsonResponse, toEvent, toResponse } from './payload.ts';
import { createRouter, type Router } from './router.ts';
import { Throttle } from './throttle.ts';
import type { Tokens } from './tokens.ts';

/** HTTP APIs take bodies up to 10 MB and wait 30 s for a function. */
const MAX_BODY = 10 * 1024 * 1024;
const INTEGRATION_TIMEOUT_MS = 30_000;

/** Answers a request that is not the app's; undefined leaves it to the app. */
export type ControlRoutes = (method: string, path: string, body: Buffer) => Promise<GatewayResponse> | undefined;

export interface GatewayOptions {
  readonly tokens: Tokens;
  readonly invoke: Invoke;
  readonly meter: Meter;
  /** Whether the routes' limits hold; benchmarks turn them off. */
  readonly throttled: boolean;
}

/** One HTTP API on a port of its own. It listens before it is told its routes: they may name its address. */
export class Gateway {
  readonly #server: Server;
  readonly #options: GatewayOptions;
  #model: ApiModel | undefined;
  #route: Router = () => undefined;
  #throttle = new Throttle({});
  #control: ControlRoutes = () => undefined;
  #closed = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
    // Longer than any client keeps an idle connection: who closes first must be the client.
    const keepAliveTimeout = 65_000;
    this.#server = createServer({ keepAliveTimeout }, (request, response) => void this.#serve(request, response));
  }

  /** Listens (0 is any free port) and answers the base URL. Rejects when the port is taken. */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  open(model: ApiModel, control: ControlRoutes): void {
    this.#model = model;
    this.#route = createRouter(model.routes);
    this.#throttle = new Throttle(this.#options.throttled ? model.throttles : {});
    this.#control = control;
  }

  close(): void {
    this.#closed = true;
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Answers a request. Never rejects. */
  async answer(request: GatewayRequest): Promise<GatewayResponse> {
    const requestId = randomUUID();
    const answer = await this.#answer(request, requestId).catch((error) => {
      console.error('the local gateway failed:', error);
      return jsonResponse(500, { message: 'Internal Server Error' });
    });
    const cors = corsHeaders(this.#model?.cors, request.headers);
    return { ...answer, headers: { ...answer.headers, ...cors, 'apigw-requestid': requestId } };
  }

  /** The same answers for requests that come without a connection. */
  readonly serve: Serve = async ({ method, path, headers, body }) => {
    if (this.#closed) return 'cut';
    const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.length);
    const answer = await this.answer({ method, url: path, headers, body: bytes });
    return { ...answer, body: new Uint8Array(answer.body) };
  };

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const body = await readBody(request).catch(() => undefined);
    // The client has gone.
    if (!body) return;
    const answer = await this.answer({ method, url, headers: headersOf(request), body });
    if (response.destroyed) return;
    response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
    response.end(answer.body);
  }

  async #answer(request: GatewayRequest, requestId: string): Promise<GatewayResponse> {
    const { method, url, headers, body } = request;
    if (body.length > MAX_BODY) {
      return jsonResponse(413, { message: 'Request Entity Too Large' }, { connection: 'close' });
    }
    const [rawPath = '/', query = ''] = url.split(/\?(.*)/s);
    const control = rawPath.startsWith('/_local/') ? this.#control(method, rawPath, body) : undefined;
    if (control) return control;
    if (this.#model?.cors && method === 'OPTIONS' && isPreflight(headers)) {
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
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
      return jsonResponse(401, { message: 'Unauthorized' }, { 'www-authenticate': 'Bearer' });
    }
    const path = decodePath(rawPath);
    const apiId = this.#model.name;
    const event = toEvent({
      method,
      headers,
      body,
      path,
      query,
      routeKey: route.key,
      pathParameters,
      claims,
      apiId,
      requestId,
    });
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

/** The whole body, or as much of it as shows that it is too long. */
function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      if (size > MAX_BODY) return;
      size += chunk.length;
      chunks.push(chunk);
      if (size > MAX_BODY) resolve(Buffer.concat(chunks));
    });
    request.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.once('error', reject);
  });
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
