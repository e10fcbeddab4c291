import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JsonHandler } from '../../../functions/shared/json-handler.ts';
import { isTransient } from '../../../functions/shared/kernel/faults.ts';

type Respond = (request: IncomingMessage, response: ServerResponse) => unknown;

let server: Server;
let handler: JsonHandler;
let connections: number;
let respond: Respond;

beforeEach(async () => {
  connections = 0;
  respond = async (request, response) => {
    response.writeHead(200, { 'X-Amzn-RequestId': 'r1' }).end(await buffer(request));
  };
  server = createServer((request, response) => respond(request, response));
  server.on('connection', () => {
    connections++;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  handler = new JsonHandler(200);
});

afterEach(() => {
  handler.destroy();
  server.closeAllConnections();
  server.close();
});

const post = (body: string) =>
  handler.handle({
    protocol: 'http:',
    hostname: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    method: 'POST',
    path: '/',
    headers: { 'content-length': String(Buffer.byteLength(body)), 'x-amz-target': 'T' },
    body,
  });

const fault = (body = '{}') =>
  post(body).then(
    () => undefined,
    (error: Error) => error,
  );

describe('a request', () => {
  it('gets its answer whole, whatever its size, with headers in lower case', async () => {
    for (const body of ['', '{"a":"ü"}', 'x'.repeat(3_000_000)]) {
      const { response } = await post(body);
      expect(response.statusCode).toBe(200);
      expect(response.headers['x-amzn-requestid']).toBe('r1');
      expect(Buffer.from(response.body).toString()).toBe(body);
    }
  });

  it('uses a connection again', async () => {
    for (let count = 0; count < 5; count++) await post('{}');
    expect(connections).toBe(1);
  });

  it('gets its own answer when many are under way', async () => {
    const bodies = Array.from({ length: 30 }, (_, index) => `${index}`);
    const answers = await Promise.all(bodies.map(post));
    expect(answers.map(({ response }) => Buffer.from(response.body).toString())).toEqual(bodies);
  });

  it.each<[what: string, respond: Respond]>([
    ['is cut before its answer', (request) => request.socket.destroy()],
    [
      'is cut within its answer',
      (request, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{"half":');
        setTimeout(() => request.socket.destroy(), 20);
      },
    ],
    ['meets silence', () => undefined],
    ['meets silence within its answer', (_, response) => response.writeHead(200, { 'content-length': '9' }).write('{')],
  ])('that %s fails as what may pass', async (_, how) => {
    respond = how;
    const error = await fault();
    expect(error).toBeInstanceOf(Error);
    expect(isTransient(error)).toBe(true);
  });

  it('that nobody takes fails as what may pass', async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const request = { protocol: 'http:', hostname: '127.0.0.1', port, method: 'POST', path: '/', headers: {} };
    await expect(handler.handle(request)).rejects.toSatisfy(isTransient);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
});
