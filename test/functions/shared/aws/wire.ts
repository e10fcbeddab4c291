import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** When it was there, in milliseconds of `performance.now()`. */
  readonly at: number;
}

/** What the service does with a request. */
export type Answer =
  | { readonly status: number; readonly body?: object | string; readonly headers?: Record<string, string> }
  /** The connection ends before an answer, or within its body. */
  | 'cut'
  | 'cut within'
  /** No answer comes, or none after its headers. */
  | 'silence'
  | 'silence within';

/** A service of AWS's JSON protocol over HTTP, whose answers the test chooses. */
export interface Wire {
  readonly url: string;
  readonly received: Received[];
  /** What is answered next, one by one; `{}` after the last. */
  answers: Answer[];
  /** Decides about a request before `answers` does. */
  decide: (request: Received) => Answer | undefined;
  readonly connections: () => number;
  close(): Promise<void>;
}

export async function openWire(): Promise<Wire> {
  const received: Received[] = [];
  let connections = 0;
  const server: Server = createServer(async (request, response) => {
    const each = { headers: request.headers, body: await text(request), at: performance.now() };
    received.push(each);
    respond(response, wire.decide(each) ?? wire.answers.shift() ?? { status: 200, body: {} });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const wire: Wire = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answers: [],
    decide: () => undefined,
    connections: () => connections,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return wire;
}

function respond(response: ServerResponse, answer: Answer): void {
  if (answer === 'silence') return;
  if (answer === 'cut') return void response.socket?.destroy();
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': 'request-1' };
  if (answer === 'cut within' || answer === 'silence within') {
    response.writeHead(200, { ...headers, 'content-length': '100' }).write('{"Item":');
    if (answer === 'cut within') setTimeout(() => response.socket?.destroy(), 20);
    return;
  }
  const { status, body = '' } = answer;
  response.writeHead(status, { ...headers, ...answer.headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** An error as DynamoDB writes it. */
export function refusal(name: string, status = 400, more: object = {}): Answer {
  return { status, body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'no', ...more } };
}

/** Whether the SDK has sent it: only its middleware numbers the tries. */
export function isFromSdk({ headers }: Received): boolean {
  return 'amz-sdk-request' in headers;
}
