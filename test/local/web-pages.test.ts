import { request } from 'node:http';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStore } from '../../local/dynamodb/store-process.ts';
import { type Local, startLocal } from '../../local/index.ts';
import { fixtureApp, writeAssembly } from './fixtures/fixture-app.ts';

let local: Local;

beforeAll(async () => {
  local = await startLocal({ assembly: writeAssembly(fixtureApp()), memory: true });
});

afterAll(() => local.stop());

interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** `fetch` sets `Host` itself. */
function send(url: string, { method = 'POST', headers = {}, body }: Sent) {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.on('error', reject).end(body);
  });
}

/** What browsers send for the pages of others. The fixture's API allows the origin of a shop. */
const foreign: [page: string, headers: Record<string, string>][] = [
  ['of any site', { origin: 'https://elsewhere.example' }],
  ['of the shop', { origin: 'https://shop.example' }],
  ['without an origin, in a sandboxed frame or from a file', { origin: 'null' }],
  ['of another server on this machine', { origin: 'http://localhost:3000' }],
  ['whose host name points at this machine', { host: 'rebound.example:4000' }],
  ['whose host name points at this machine, of one origin', { host: 'r.example', origin: 'http://r.example' }],
  ['whose host name begins like the loopback address', { host: '127.0.0.1.rebound.example' }],
];

const controls: [method: string, path: string, body?: string][] = [
  ['POST', 'token', '{"sub":"mallory","groups":["staff"]}'],
  ['POST', 'settled', '{}'],
  ['POST', 'meter/reset', '{}'],
  ['GET', 'health'],
  ['GET', 'executions'],
  ['GET', 'deadletters'],
  ['GET', 'sandbox/payments'],
  ['OPTIONS', 'token'],
  ['GET', 'nothing'],
];

describe.each(foreign)('a page %s', (_, headers) => {
  test.each(controls)('is refused %s /_local/%s', async (method, path, body) => {
    const answer = await send(`${local.url}/_local/${path}`, { method, headers, ...(body && { body }) });
    expect(answer.status).toBe(403);
    expect(answer.text).not.toContain('access_token');
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('is refused by the AWS endpoint', async () => {
    const target = { 'x-amz-target': 'DynamoDB_20120810.ListTables', 'content-type': 'application/x-amz-json-1.0' };
    const authorization =
      'AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0';
    const answer = await send(local.awsUrl, { headers: { ...target, authorization, ...headers }, body: '{}' });
    expect(answer.status).toBe(403);
    expect(answer.text).not.toContain('TableNames');
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

test.each(['127.0.0.1', 'localhost'])('programs on this machine may call, by %s', async (name) => {
  const { port } = new URL(local.url);
  for (const headers of [{}, { origin: `http://${name}:${port}` }]) {
    const host = `${name}:${port}`;
    const answer = await send(`${local.url}/_local/token`, { headers: { host, ...headers }, body: '{"sub":"alice"}' });
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('access_token') });
  }
  const endpoint = `http://${name}:${new URL(local.awsUrl).port}`;
  const credentials = { accessKeyId: 'outside', secretAccessKey: 'x' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  expect((await client.send(new ListTablesCommand({}))).TableNames).toContain('Notes');
});

test('a page of a foreign origin may still call the API itself, as its settings allow', async () => {
  const answer = await send(`${local.url}/open/1`, { method: 'GET', headers: { origin: 'https://shop.example' } });
  expect(answer).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': 'https://shop.example' } });
});

// Node's fetch blocks the ports that browsers block.
test('the store listens where no browser connects to, several of them at once', async () => {
  const stores = await Promise.all(Array.from({ length: 8 }, () => startStore(undefined)));
  try {
    expect(new Set(stores.map(({ endpoint }) => endpoint)).size).toBe(stores.length);
    for (const { endpoint } of stores) {
      expect(new URL(endpoint).hostname).toMatch(/^127\./);
      await expect(fetch(endpoint)).rejects.toMatchObject({ cause: { message: 'bad port' } });
      expect((await send(endpoint, { body: '{}' })).status).toBe(404);
    }
  } finally {
    await Promise.all(stores.map(({ kill }) => kill()));
  }
});
