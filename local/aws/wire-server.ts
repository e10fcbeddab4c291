import { createServer, type Server, type Socket } from 'node:net';
import type { Serve } from '../lambda/served-request.ts';
import { type HttpMessage, HttpMessageReader, headersOf, MAX_BODY } from './http-message.ts';

/** One call of the AWS JSON protocol. */
export interface AwsCall {
  /** `DynamoDB_20120810.PutItem`: the value of `X-Amz-Target`. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer (JSON, in UTF-8 if in bytes), or `cut`: the connection ends without one, as when a network fails. */
export type AwsAnswer = { readonly status: number; readonly body: string | Buffer } | 'cut';

const JSON_TYPE = 'application/x-amz-json-1.0';

/** The same answers for requests that come without a connection. */
export function serveAws(answer: (call: AwsCall) => Promise<AwsAnswer>): Serve {
  return async ({ headers, body }) => {
    if (body.length > MAX_BODY) return 'cut';
    const answered = await answer({
      target: headers['x-amz-target'] ?? '',
      headers,
      body: typeof body === 'string' ? body : Buffer.from(body).toString(),
    });
    if (answered === 'cut') return 'cut';
    return { status: answered.status, headers: { 'content-type': JSON_TYPE }, body: answered.body };
  };
}

/**
 * The HTTP server that the SDK's clients of all functions talk to. Several calls run at once, one per connection.
 * `answer` must not throw.
 */
export class WireServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(answer: (call: AwsCall) => Promise<AwsAnswer>) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      const reader = new HttpMessageReader((message) => void respond(socket, message, answer));
      socket.on('data', (chunk) => {
        try {
          reader.push(chunk);
        } catch {
          socket.destroy();
        }
      });
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** Listens on a free port of the loopback interface and answers its base URL. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  /** Stops listening and ends every connection. */
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

async function respond(
  socket: Socket,
  { head, body }: HttpMessage,
  answer: (call: AwsCall) => Promise<AwsAnswer>,
): Promise<void> {
  const headers = headersOf(head);
  const answered = await answer({ target: headers['x-amz-target'] ?? '', headers, body: body.toString() });
  if (answered === 'cut') {
    socket.destroy();
    return;
  }
  const status = `HTTP/1.1 ${answered.status} ${answered.status < 300 ? 'OK' : 'Error'}\r\n`;
  const length = Buffer.byteLength(answered.body);
  socket.write(`${status}content-type: ${JSON_TYPE}\r\ncontent-length: ${length}\r\n\r\n${answered.body}`);
}
