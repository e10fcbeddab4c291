import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

export interface JsonAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON; undefined for an empty or unreadable body. */
  readonly body: unknown;
  /** Milliseconds from the first byte sent to the last byte received. */
  readonly ms: number;
}

export interface JsonRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly timeoutMs?: number;
}

/** Longer than API Gateway's own timeout (30 s). */
const defaultTimeoutMs = 35_000;

/**
 * Sends JSON over keep-alive connections with `node:http`: the benchmark shares the processors with the system that it
 * measures, and `fetch` takes three times the processor time.
 */
export class JsonHttp {
  readonly #base: URL;
  readonly #agent: HttpAgent;
  readonly #request: typeof httpRequest;

  constructor(baseUrl: string) {
    this.#base = new URL(baseUrl);
    const secure = this.#base.protocol === 'https:';
    this.#agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
    this.#request = secure ? httpsRequest : httpRequest;
  }

  /** Resolves for every HTTP status; rejects after a broken connection or the timeout. */
  send({ method, path, token, headers, body, timeoutMs = defaultTimeoutMs }: JsonRequest): Promise<JsonAnswer> {
    const start = performance.now();
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    return new Promise((resolve, reject) => {
      const request = this.#request(
        {
          agent: this.#agent,
          hostname: this.#base.hostname,
          port: this.#base.port,
          path: this.#base.pathname.replace(/\/$/, '') + path,
          method,
          headers: {
            ...(payload && { 'content-type': 'application/json', 'content-length': payload.length }),
            ...(token && { authorization: `Bearer ${token}` }),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: parsed(Buffer.concat(chunks)),
              ms: performance.now() - start,
            }),
          );
        },
      );
      request.setTimeout(timeoutMs, () => request.destroy(new Error(`no answer in ${timeoutMs} ms`)));
      request.on('error', reject);
      request.end(payload);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
