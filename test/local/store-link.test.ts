import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StoreUse } from '../../local/dynamodb/store-use.ts';
import { Environment } from '../../local/lambda/environment.ts';
import { Host } from '../../local/lambda/host.ts';
import type { ServedRequest } from '../../local/lambda/served-request.ts';
import { callerOf } from '../../local/lambda/variables.ts';
import { SharedFlag } from '../../local/shared-flag.ts';
import { readStatements } from '../../local/template/permissions.ts';
import { functionModel } from './fixtures/function-model.ts';

/** Where the functions send their calls; nothing listens there. */
const RUNNER = '127.0.0.1:9';
const OTHER = '127.0.0.1:8';

const permissions = readStatements({
  Statement: { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:PutItem'], Resource: '*table/Notes' },
});

interface Asked {
  target: unknown;
  body: string;
}

let store: Server;
let host: Host;
let detour: SharedFlag;
/** What reached the store, and what the runner was asked instead. */
let stored: Asked[];
let served: ServedRequest[];
let uses: StoreUse[];
/** How often the runner was told of writes that it may not have heard of. */
let untold: { times: number };
/** Answers for the store: undefined hangs up. */
let answer: (asked: Asked) => Promise<{ status: number; body: string } | undefined>;

const consumed = '"ConsumedCapacity":{"TableName":"Notes","CapacityUnits":2.0}';
const fine = { status: 200, body: `{"text":"ü",${consumed}}` };

beforeEach(async () => {
  [stored, served, uses] = [[], [], []];
  const told = { times: 0 };
  untold = told;
  answer = async () => fine;
  detour = new SharedFlag();
  store = createServer(async (request, response) => {
    const asked = { target: request.headers['x-amz-target'], body: await text(request) };
    stored.push(asked);
    const answered = await answer(asked);
    if (!answered) response.destroy();
    else response.writeHead(answered.status, { 'content-length': Buffer.byteLength(answered.body) }).end(answered.body);
  });
  await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
  const serve = async (request: ServedRequest) => {
    served.push(request);
    return { status: 200, headers: {}, body: 'the runner' };
  };
  const data = {
    endpoint: `http://127.0.0.1:${(store.address() as AddressInfo).port}`,
    host: RUNNER,
    functions: [{ name: 'Writer', permissions }],
    detour: detour.buffer,
  };
  const link = { data, used: (use: StoreUse) => void uses.push(use), untold: () => void told.times++ };
  const hosts = new Map([
    [RUNNER, serve],
    [OTHER, serve],
  ]);
  host = new Host({ served: hosts, store: link, print: () => undefined });
});

afterEach(() => {
  host.terminate();
  store.close();
  store.closeAllConnections();
});

function environment(exportName: string, { file = 'http-handlers.mjs', timeoutMs = 20_000 } = {}): Environment {
  return new Environment(functionModel(exportName, file, timeoutMs), {}, host);
}

interface Outcome {
  events: string[];
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  error?: string;
}

interface Wish {
  operation?: string;
  input?: object;
  to?: string;
  keys?: { accessKeyId: string; secretAccessKey: string };
  silenceMs?: number;
  bodyBytes?: number;
}

/** A function's request, made as the SDK makes it. */
async function requestOf({ operation = 'PutItem', input = { TableName: 'Notes' }, to = RUNNER, ...wish }: Wish) {
  const { keys = callerOf({ name: 'Writer' }), ...more } = wish;
  const headers = {
    host: to,
    'x-amz-target': operation.includes('.') ? operation : `DynamoDB_20120810.${operation}`,
  };
  const body = JSON.stringify(input);
  const request = { protocol: 'http:', hostname: '127.0.0.1', method: 'POST', path: '/', headers, body };
  const signer = new SignatureV4({ credentials: keys, region: 'us-east-1', service: 'dynamodb', sha256: Sha256 });
  const signed = await signer.sign(request);
  return { url: `http://${to}/`, headers: signed.headers, body: Buffer.from(body).toString('base64'), ...more };
}

async function ask(wish: Wish = {}): Promise<Outcome> {
  const result = await environment('request').invoke(JSON.stringify(await requestOf(wish)));
  if ('error' in result) throw new Error(JSON.stringify(result.error));
  const outcome = JSON.parse(result.payload) as Outcome;
  return { ...outcome, body: Buffer.from(outcome.body ?? '', 'base64').toString() };
}

const refusal = (name: string) => expect.stringContaining(`"__type":"${name}"`);

test('a call of the store goes there straight from its thread, and comes back as it is', async () => {
  const outcome = await ask({ input: { TableName: 'Notes', Item: { id: { S: 'hällo' } } } });
  expect(outcome).toMatchObject({ status: 200, headers: { 'content-type': 'application/x-amz-json-1.0' } });
  expect(outcome.body).toBe(fine.body);
  expect(outcome.events).toEqual(['finish', 'response', 'close']);
  expect(served).toEqual([]);
  expect(stored).toEqual([
    {
      target: 'DynamoDB_20120810.PutItem',
      body: '{"ReturnConsumedCapacity":"TOTAL","TableName":"Notes","Item":{"id":{"S":"hällo"}}}',
    },
  ]);
});

test('what it came to is known when its invocation has ended', async () => {
  await ask();
  expect(uses).toEqual([['Writer', 'write', [['Notes', 2]], ['Notes']]]);
  await ask({ operation: 'GetItem' });
  expect(uses.slice(1)).toEqual([['Writer', 'read', [['Notes', 2]], []]]);
});

test('a write that was refused costs units all the same, and is no news', async () => {
  answer = async () => ({ status: 400, body: '{"__type":"x#ConditionalCheckFailedException"}' });
  expect(await ask()).toMatchObject({ status: 400, body: refusal('x#ConditionalCheckFailedException') });
  expect(uses).toEqual([['Writer', 'write', [['Notes', 1]], []]]);
});

test('a function that goes on need not end for its write to be heard of', async () => {
  void environment('requestAndWait').invoke(JSON.stringify({ ...(await requestOf({})), waitMs: 15_000 }));
  await expect.poll(() => uses).toHaveLength(1);
});

test('what its role does not allow never reaches the store, and its client saw it go before the answer', async () => {
  const outcome = await ask({ input: { TableName: 'Orders' } });
  expect(outcome).toMatchObject({ status: 400, body: refusal('AccessDeniedException') });
  expect(outcome.body).toContain('dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table/Orders');
  expect(outcome.events).toEqual(['finish', 'response', 'close']);
  expect(await ask({ operation: 'DeleteItem' })).toMatchObject({ status: 400 });
  expect([stored, served, uses]).toEqual([[], [], []]);
});

test('a key that is no function of the app is somebody outside, who may do anything', async () => {
  const keys = { accessKeyId: 'SOMEBODY', secretAccessKey: 'x' };
  expect(await ask({ keys, input: { TableName: 'Orders' } })).toMatchObject({ status: 200 });
  expect(uses).toMatchObject([['', 'write', [['Notes', 2]], ['Orders']]]);
});

test('a call that a function has not signed with its own key never reaches the store', async () => {
  const keys = { ...callerOf({ name: 'Writer' }), secretAccessKey: 'x' };
  expect(await ask({ keys })).toMatchObject({ status: 400, body: refusal('InvalidSignatureException') });
  expect([stored, served, uses]).toEqual([[], [], []]);
});

test('all other calls are the runner’s', async () => {
  await ask({ operation: 'CreateTable' });
  await ask({ operation: 'AmazonSQS.SendMessage' });
  await ask({ to: OTHER });
  expect(served.map(({ headers }) => headers['x-amz-target'])).toEqual([
    'DynamoDB_20120810.CreateTable',
    'AmazonSQS.SendMessage',
    'DynamoDB_20120810.PutItem',
  ]);
  expect(stored).toEqual([]);
});

test('the detour holds from the next call on, until it is over', async () => {
  await ask();
  detour.set(true);
  expect(await ask()).toMatchObject({ body: 'the runner' });
  expect([stored.length, served.length]).toEqual([1, 1]);
  detour.set(false);
  await ask();
  expect([stored.length, served.length]).toEqual([2, 1]);
});

test('a store that hangs up is an internal failure', async () => {
  answer = async () => undefined;
  expect(await ask()).toMatchObject({ status: 500, body: refusal('InternalFailure') });
  expect(uses).toEqual([]);
});

test('a store that is gone is an internal failure', async () => {
  await ask();
  store.close();
  store.closeAllConnections();
  expect(await ask()).toMatchObject({ status: 500, body: refusal('InternalFailure') });
});

test('a body longer than DynamoDB takes is cut off', async () => {
  const outcome = await ask({ bodyBytes: 17 * 1024 * 1024 + 1 });
  expect(outcome).toMatchObject({ error: 'ECONNRESET', events: ['finish', 'error', 'close'] });
  expect(stored).toEqual([]);
});

test('a request that was given up is heard of when it is answered, and changes nothing else', async () => {
  const late = Promise.withResolvers<typeof fine>();
  answer = async ({ target }) => (String(target).endsWith('PutItem') ? late.promise : fine);
  expect(await ask({ silenceMs: 20 })).toMatchObject({ error: 'silent', events: ['finish', 'error', 'close'] });
  expect(uses).toEqual([]);
  late.resolve({ status: 200, body: `{"late":1,${consumed}}` });
  expect(await ask({ operation: 'GetItem' })).toMatchObject({ status: 200, body: fine.body });
  await expect.poll(() => uses.map(([, kind]) => kind).sort()).toEqual(['read', 'write']);
});

test('calls that come together are each given their own answer', async () => {
  const waiting: (() => void)[] = [];
  answer = ({ body }) =>
    new Promise((resolve) => {
      const [, id = ''] = /"S":"(\d+)"/.exec(body) ?? [];
      waiting.unshift(() => resolve({ status: 200, body: id }));
      if (waiting.length === 40) for (const next of waiting) next();
    });
  const requests = await Promise.all(
    Array.from({ length: 40 }, (_, n) => requestOf({ input: { TableName: 'Notes', Item: { id: { S: String(n) } } } })),
  );
  const result = await environment('together').invoke(JSON.stringify({ requests }));
  const outcomes = JSON.parse((result as { payload: string }).payload) as Outcome[];
  const bodies = outcomes.map(({ body = '' }) => Buffer.from(body, 'base64').toString());
  expect(bodies).toEqual(requests.map((_, n) => String(n)));
  expect(uses).toHaveLength(40);
});

test('when a host ends, the runner is told that it may have written, and once more when the last of it is in', async () => {
  await ask();
  expect(untold.times).toBe(0);
  host.terminate();
  await expect.poll(() => untold.times).toBe(1);
  await expect.poll(() => untold.times, { timeout: 3_000 }).toBe(2);
});

test('when a function takes too long, the runner is told before its invocation ends', async () => {
  const looping = environment('loop', { file: 'tenants.mjs', timeoutMs: 300 });
  await looping.invoke('{}');
  expect(untold.times).toBeGreaterThan(0);
});
