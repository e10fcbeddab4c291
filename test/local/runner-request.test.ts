import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Environment } from '../../local/lambda/environment.ts';
import { Host } from '../../local/lambda/host.ts';
import type { Serve, ServedAnswer, ServedRequest } from '../../local/lambda/served-request.ts';

const file = fileURLToPath(new URL('./fixtures/http-handlers.mjs', import.meta.url));
const variables = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'LOCALTest', AWS_SECRET_ACCESS_KEY: 'local' };

/** Nothing listens there: whoever gets an answer got it through the port. */
const portHost = '127.0.0.1:9';

const environments: Environment[] = [];
let served: ServedRequest[];
let serve: Serve;

beforeEach(() => {
  served = [];
});

afterEach(() => {
  for (const environment of environments.splice(0)) environment.terminate();
});

/** An environment whose requests to the host go through the port. */
function environment(exportName: string, host = portHost): Environment {
  const model = {
    name: exportName,
    arn: `arn:${exportName}`,
    functionName: exportName,
    file,
    exportName,
    memoryMb: 256,
    timeoutMs: 60_000,
    environment: {},
    permissions: [],
    reservedConcurrency: undefined,
    deadLetterArn: undefined,
  };
  const asked: Serve = (request) => {
    served.push(request);
    return serve(request);
  };
  const made = new Environment(
    model,
    variables,
    new Host({ served: new Map([[host, asked]]), print: () => undefined }),
  );
  environments.push(made);
  return made;
}

async function invoke<Result>(exportName: string, event: object): Promise<Result> {
  const result = await environment(exportName).invoke(JSON.stringify(event));
  if ('error' in result) throw new Error(JSON.stringify(result.error));
  return JSON.parse(result.payload) as Result;
}

interface Outcome {
  events: string[];
  status?: number;
  headers?: Record<string, string>;
  complete?: boolean;
  body?: string;
  error?: string;
}

const ok = (body: string | Uint8Array, more: Partial<ServedAnswer> = {}): ServedAnswer => ({
  status: 200,
  headers: { 'content-type': 'text/plain' },
  body,
  ...more,
});

const never = () => new Promise<never>(() => undefined);
const base64 = (body: string | Uint8Array) => Buffer.from(body).toString('base64');
const bytesOf = (body = '') => Buffer.from(body, 'base64');

/** The same over a connection, for Node's own client is what the short way must not differ from. */
function network(): Promise<{ host: string; server: Server }> {
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '' } = request;
    const headers = request.headers as Record<string, string>;
    const asked = { method, path, headers, body: new Uint8Array(await buffer(request)) };
    served.push(asked);
    const answer = await serve(asked);
    if (answer === 'cut') return response.destroy();
    return response.writeHead(answer.status, { ...answer.headers }).end(answer.body);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({ host: `127.0.0.1:${(server.address() as AddressInfo).port}`, server });
    });
  });
}

describe.each(['the port', 'a connection'])('a request through %s', (way) => {
  let host: string;
  let server: Server | undefined;

  beforeEach(async () => {
    host = portHost;
    if (way === 'a connection') ({ host, server } = await network());
  });

  afterEach(() => {
    server?.close();
    server?.closeAllConnections();
    server = undefined;
  });

  test('arrives as it was sent, and gets its answer', async () => {
    serve = async () => ok('grüße', { headers: { 'content-type': 'text/plain', 'x-more': 'yes' } });
    const headers = { 'X-Amz-Target': 'A.B', 'content-type': 'text/x' };
    const event = { url: `http://${host}/a/b?c=d%20e`, method: 'put', headers, body: base64('hällo') };
    const outcome = await invoke<Outcome>('request', event);
    expect(served).toMatchObject([
      { method: 'PUT', path: '/a/b?c=d%20e', headers: { host, 'x-amz-target': 'A.B', 'content-type': 'text/x' } },
    ]);
    expect(Buffer.from(served[0]?.body ?? '').toString()).toBe('hällo');
    expect(outcome).toMatchObject({ status: 200, headers: { 'x-more': 'yes' }, complete: true });
    expect(bytesOf(outcome.body).toString()).toBe('grüße');
    expect(outcome.events).toEqual(['finish', 'response', 'close']);
  });

  test('that is refused tells the status', async () => {
    serve = async () => ok('no', { status: 429 });
    expect(await invoke<Outcome>('request', { url: `http://${host}/` })).toMatchObject({ status: 429 });
  });

  test('without a body, to an answer without one', async () => {
    serve = async () => ok('', { status: 204, headers: {} });
    const outcome = await invoke<Outcome>('request', { url: `http://${host}/`, method: 'GET' });
    expect(outcome).toMatchObject({ status: 204, body: '', complete: true });
    expect(served[0]?.body).toHaveLength(0);
  });

  test('carries bodies of several megabytes, and any bytes, both ways', async () => {
    const bytes = Uint8Array.from({ length: 5_000_000 }, (_, index) => (index * 7) % 256);
    serve = async ({ body }) => ok(typeof body === 'string' ? 'text' : body);
    const outcome = await invoke<Outcome>('request', { url: `http://${host}/`, body: base64(bytes) });
    expect(bytesOf(outcome.body).equals(bytes)).toBe(true);
  });

  test('may be written in pieces', async () => {
    serve = async ({ body }) => ok(body);
    const pieces = ['ä'.repeat(1_000_000), 'b', 'ü€'];
    const answer = await invoke<string[]>('write', { url: `http://${host}/`, pieces });
    expect(answer.join('')).toBe(pieces.join(''));
  });

  test('that is cut fails as a connection does that breaks', async () => {
    serve = async () => 'cut';
    const outcome = await invoke<Outcome>('request', { url: `http://${host}/`, body: base64('x') });
    expect(outcome).toMatchObject({ error: 'ECONNRESET', events: ['finish', 'error', 'close'] });
  });

  test('that is given up for silence fails with the reason given', async () => {
    serve = never;
    const outcome = await invoke<Outcome>('request', { url: `http://${host}/`, silenceMs: 20 });
    expect(outcome).toMatchObject({ error: 'silent', events: ['finish', 'error', 'close'] });
  });

  test('that is destroyed fails', async () => {
    serve = never;
    const outcome = await invoke<Outcome>('request', { url: `http://${host}/`, destroyAfterMs: 20 });
    expect(outcome).toMatchObject({ error: 'ECONNRESET', events: ['finish', 'error', 'close'] });
  });

  test('gets its own answer, whichever comes first', async () => {
    const waiting: (() => void)[] = [];
    serve = ({ path }) =>
      new Promise((resolve) => {
        waiting.unshift(() => resolve(ok(path)));
        if (waiting.length === 20) for (const answer of waiting) answer();
      });
    const requests = Array.from({ length: 20 }, (_, index) => ({ url: `http://${host}/${index}` }));
    const outcomes = await invoke<Outcome[]>('together', { requests });
    expect(outcomes.map(({ body }) => bytesOf(body).toString())).toEqual(requests.map((_, index) => `/${index}`));
  });
});

test('an answer that comes after its request was given up changes nothing', async () => {
  const late: (() => void)[] = [];
  serve = ({ path }) => (path === '/late' ? new Promise((resolve) => late.push(() => resolve(ok('late')))) : soon());
  const soon = async () => {
    for (const answer of late) answer();
    return ok('soon');
  };
  const one = environment('together');
  const url = `http://${portHost}`;
  const ask = async (event: object) =>
    JSON.parse(((await one.invoke(JSON.stringify(event))) as { payload: string }).payload) as Outcome[];
  expect(await ask({ requests: [{ url: `${url}/late`, silenceMs: 20 }] })).toMatchObject([{ error: 'silent' }]);
  expect((await ask({ requests: [{ url: `${url}/` }] })).map(({ body }) => bytesOf(body).toString())).toEqual(['soon']);
});

test('an environment that ends in the middle of a request ends its invocation, and nothing else', async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<ServedAnswer>();
  serve = () => {
    asked.resolve();
    return answer.promise;
  };
  const ending = environment('request');
  const invocation = ending.invoke(JSON.stringify({ url: `http://${portHost}/` }));
  await asked.promise;
  ending.terminate();
  expect(await invocation).toMatchObject({ error: { errorType: 'Runtime.ExitError' } });
  answer.resolve(ok('nobody hears it'));
  serve = async () => ok('next');
  expect(await invoke<Outcome>('request', { url: `http://${portHost}/` })).toMatchObject({ status: 200 });
});

describe('the AWS SDK', () => {
  const endpoint = `http://${portHost}`;
  const item = { id: { S: 'ü' } };
  const found = async () => ok(JSON.stringify({ Item: item }));

  test('gets its answers', async () => {
    serve = found;
    expect(await invoke('sdk', { endpoint })).toEqual({ item });
    expect(served).toMatchObject([{ method: 'POST', headers: { 'x-amz-target': 'DynamoDB_20120810.GetItem' } }]);
    expect(served[0]?.headers.authorization).toContain('Credential=LOCALTest/');
  });

  test('sees errors by their names', async () => {
    serve = async () => ok('{"__type":"x#ResourceNotFoundException","message":"none"}', { status: 400 });
    expect(await invoke('sdk', { endpoint })).toEqual({ name: 'ResourceNotFoundException', message: 'none' });
  });

  test('tries again after a connection that broke', async () => {
    serve = async () => (served.length === 1 ? 'cut' : found());
    expect(await invoke('sdk', { endpoint, maxAttempts: 2 })).toEqual({ item });
    expect(served).toHaveLength(2);
  });

  test('gives up what takes too long', async () => {
    serve = never;
    expect(await invoke('sdk', { endpoint, requestTimeout: 20 })).toMatchObject({ name: 'TimeoutError' });
  });

  test('gives up what it is told to', async () => {
    serve = never;
    expect(await invoke('sdk', { endpoint, abortAfterMs: 200 })).toMatchObject({ name: 'AbortError' });
  });
});
