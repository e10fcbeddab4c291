import { Agent, request } from 'node:http';

/** An answer of the store. */
export interface StoreAnswer {
  readonly status: number;
  /** JSON text. */
  readonly body: string;
}

/** Connections to the store. It handles one request at a time anyway: more would only queue inside it. */
const MAX_CONNECTIONS = 64;

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

  /** @param endpoint base URL of the store */
  constructor(endpoint: string) {
    const { hostname, port } = new URL(endpoint);
    const agent = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS });
    this.#options = { host: hostname, port: port || '80', agent };
  }

  /**
   * Sends one request and resolves with any answer of the store, refusals included. Rejects when the connection breaks.
   *
   * @param target `DynamoDB_20120810.PutItem`
   * @param body JSON text
   */
  send(target: string, body: string): Promise<StoreAnswer> {
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

  /** Ends all connections. Requests under way reject. */
  close(): void {
    this.#options.agent.destroy();
  }
}
