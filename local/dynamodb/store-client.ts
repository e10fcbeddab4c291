import { Agent, request } from 'node:http';

/** An answer of the store. */
export interface StoreAnswer {
  readonly status: number;
  /** JSON text. */
  readonly body: string;
}

/** Connections to the store. It handles one request at a time anyway: more would only queue inside it. */
const MAX_CONNECTIONS = 64;

/**
 * Longest time that a connection may have been idle before it is used again. Stores close idle connections (DynamoDB Local
 * after 30 s), which is not noticed while this thread is busy or the machine is suspended. A new one takes a fraction of a
 * millisecond.
 */
const IDLE_MS = 1_000;

/** The store requires a signature but does not verify it. */
const UNCHECKED_SIGNATURE = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
};

/** Sends requests of the DynamoDB protocol to the store over connections that are kept open. */
export class StoreClient {
  readonly #options: { readonly host: string; readonly port: string; readonly agent: Agent };
  readonly #idleSince = new WeakMap<object, number>();

  /** @param endpoint base URL of the store */
  constructor(endpoint: string) {
    const { hostname, port } = new URL(endpoint);
    const agent = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS });
    const keepSocketAlive = agent.keepSocketAlive.bind(agent);
    agent.keepSocketAlive = (socket) => {
      this.#idleSince.set(socket, Date.now());
      return keepSocketAlive(socket);
    };
    this.#options = { host: hostname, port: port || '80', agent };
  }

  /**
   * Sends one request and resolves with any answer of the store, refusals included. Rejects when the connection breaks.
   *
   * @param target `DynamoDB_20120810.PutItem`
   * @param body JSON text
   */
  send(target: string, body: string): Promise<StoreAnswer> {
    this.#dropIdle();
    const headers = { ...UNCHECKED_SIGNATURE, 'x-amz-target': target, 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const sent = request({ ...this.#options, method: 'POST', headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** Sends a request of the runner itself and parses the answer. Throws on an error answer, which names the error. */
  async call<T>(target: string, input: unknown): Promise<T> {
    const { status, body } = await this.send(target, JSON.stringify(input));
    const answer = JSON.parse(body) as T & { __type?: string; message?: string };
    if (status !== 200) throw Object.assign(new Error(`${target}: ${answer.message}`), { name: String(answer.__type) });
    return answer;
  }

  /** Ends the connections that have been idle for too long, by the system's clock. The last of a list is used first. */
  #dropIdle(): void {
    const isTooOld = (socket: object) => Math.abs(Date.now() - (this.#idleSince.get(socket) ?? 0)) > IDLE_MS;
    for (const sockets of Object.values(this.#options.agent.freeSockets)) {
      const tooOld = sockets?.slice(0, sockets.findLastIndex(isTooOld) + 1);
      for (const socket of tooOld ?? []) socket.destroy();
    }
  }

  /** Ends all connections. Requests under way reject. */
  close(): void {
    this.#options.agent.destroy();
  }
}
