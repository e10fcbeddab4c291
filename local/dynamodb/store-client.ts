import { connect, type Socket } from 'node:net';
import { type HttpMessage, HttpMessageReader } from '../aws/http-message.ts';

/** What the store answered. */
export interface StoreAnswer {
  readonly status: number;
  /** JSON, in the bytes that came: most are only handed on. */
  readonly body: Buffer;
}

/** Connections kept to the store: it serializes anyway, more would only queue inside it. */
const MAX_CONNECTIONS = 64;

interface Waiting {
  resolve: (answer: StoreAnswer) => void;
  reject: (error: Error) => void;
}

/** Sends requests of the DynamoDB protocol to the store over kept connections, one request at a time on each. */
export class StoreClient {
  /** The store's base URL. */
  readonly endpoint: string;
  readonly #host: string;
  readonly #port: number;
  readonly #idle: StoreConnection[] = [];
  readonly #all = new Set<StoreConnection>();
  readonly #queue: (() => void)[] = [];

  constructor(endpoint: string) {
    this.endpoint = endpoint;
    const url = new URL(endpoint);
    this.#host = url.hostname;
    this.#port = Number(url.port || 80);
  }

  /** Sends one request (`DynamoDB_20120810.PutItem`, JSON) and answers whatever the store says. Rejects when cut off. */
  async send(target: string, body: string): Promise<StoreAnswer> {
    const connection = await this.#take();
    try {
      return await connection.send(this.#request(target, body));
    } finally {
      this.#give(connection);
    }
  }

  /** Sends a request of the runner's own and parses the answer. Throws on an error answer. */
  async call<T>(target: string, input: unknown): Promise<T> {
    const { status, body } = await this.send(target, JSON.stringify(input));
    const answer = JSON.parse(body.toString()) as T & { __type?: string; message?: string };
    if (status !== 200) throw Object.assign(new Error(`${target}: ${answer.message}`), { name: String(answer.__type) });
    return answer;
  }

  /** Ends all connections. Requests under way reject. */
  close(): void {
    for (const connection of this.#all) connection.destroy();
  }

  #request(target: string, body: string): string {
    return (
      `POST / HTTP/1.1\r\nhost: ${this.#host}:${this.#port}\r\nx-amz-target: ${target}\r\n` +
      'content-type: application/x-amz-json-1.0\r\nx-amz-date: 20260101T000000Z\r\n' +
      'authorization: AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, ' +
      `SignedHeaders=host, Signature=0\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
    );
  }

  async #take(): Promise<StoreConnection> {
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#all.size >= MAX_CONNECTIONS) {
      await new Promise<void>((resolve) => this.#queue.push(resolve));
      return this.#take();
    }
    const connection = new StoreConnection(this.#host, this.#port);
    this.#all.add(connection);
    return connection;
  }

  #give(connection: StoreConnection): void {
    if (connection.isOpen) this.#idle.push(connection);
    else this.#all.delete(connection);
    this.#queue.shift()?.();
  }
}

class StoreConnection {
  readonly #socket: Socket;
  #waiting: Waiting | undefined;
  isOpen = true;

  constructor(host: string, port: number) {
    const reader = new HttpMessageReader((message) => this.#settle(message));
    this.#socket = connect({ host, port, noDelay: true });
    this.#socket.on('data', (chunk) => {
      try {
        reader.push(chunk);
      } catch (error) {
        this.#fail(error as Error);
      }
    });
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('the store closed the connection')));
  }

  send(request: string): Promise<StoreAnswer> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) return reject(new Error('the store closed the connection'));
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #settle({ head, body }: HttpMessage): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve({ status: Number(head.slice(9, 12)), body });
  }

  #fail(error: Error): void {
    this.isOpen = false;
    this.#socket.destroy();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(error);
  }
}
