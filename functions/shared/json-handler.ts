import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** A request as the SDK's clients hand it over. */
interface HandedRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array;
}

interface Answer {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  /** Whole, as the SDK reads it at once. */
  readonly body: Uint8Array;
}

/** Who calls, in the words of HTTP. */
export const userAgent = 'holdfast';

/** Silence for longer than this is unknown, not slow; the caller's retry or undo takes over. */
const longestSilenceMs = 4_000;

/**
 * Carries the requests of AWS's JSON protocols, with small bodies both ways, over connections that are kept. The SDK's own
 * handler takes streams of any size, and four timers for each.
 */
export class JsonHandler {
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https = new HttpsAgent({ keepAlive: true });
  readonly #silenceMs: number;

  constructor(silenceMs = longestSilenceMs) {
    this.#silenceMs = silenceMs;
  }

  /** Rejects, with a name or code that says what it was, when the connection breaks or nothing comes. */
  handle({ protocol, hostname, port, method, path, headers, body }: HandedRequest): Promise<{ response: Answer }> {
    const isOpen = protocol === 'http:';
    const options = { hostname, port, method, path, headers, agent: isOpen ? this.#http : this.#https };
    return new Promise((resolve, reject) => {
      const request = (isOpen ? httpRequest : httpsRequest)(options, (message) => {
        const chunks: Buffer[] = [];
        message.on('data', (chunk: Buffer) => chunks.push(chunk));
        message.on('error', reject);
        message.on('end', () => {
          const [first] = chunks;
          const whole = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
          const { statusCode = 0, headers: received } = message;
          resolve({ response: { statusCode, headers: received as Record<string, string>, body: whole } });
        });
      });
      request.setTimeout(this.#silenceMs, () => {
        request.destroy(Object.assign(new Error(`no answer in ${this.#silenceMs} ms`), { name: 'TimeoutError' }));
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  destroy(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  /** Nothing of it can be set. */
  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }
}
