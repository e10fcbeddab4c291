import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Gateway } from '../../local/http/gateway.ts';
import { Throttle } from '../../local/http/throttle.ts';
import { Tokens } from '../../local/http/tokens.ts';
import { type Local, startLocal } from '../../local/index.ts';
import { Meter } from '../../local/meter.ts';
import { fixtureApp, writeAssembly } from './fixtures/fixture-app.ts';

let local: Local;

beforeAll(async () => {
  local = await startLocal({ assembly: writeAssembly(fixtureApp()), memory: true });
});

afterAll(() => local.stop());

interface Echoed {
  event: {
    routeKey: string;
    rawPath: string;
    rawQueryString: string;
    cookies?: string[];
    headers: Record<string, string>;
    queryStringParameters?: Record<string, string>;
    pathParameters?: Record<string, string>;
    body?: string;
    isBase64Encoded: boolean;
    requestContext: { authorizer?: { jwt: { claims: Record<string, string> } }; http: { method: string } };
  };
}

async function call(path: string, init: RequestInit = {}) {
  const response = await fetch(local.url + path, init);
  const text = await response.text();
  return { response, status: response.status, json: JSON.parse(text || 'null') as unknown };
}

async function echoed(path: string, init: RequestInit = {}): Promise<Echoed['event']> {
  return ((await call(path, init)).json as Echoed).event;
}

const bearer = (token: string) => ({ method: 'POST', headers: { authorization: `Bearer ${token}` } });

test('a gateway answers 503 until it has its routes', async () => {
  const parts = {
    tokens: await Tokens.open(undefined),
    invoke: async () => ({ payload: 'null' }),
    meter: new Meter(undefined),
  };
  const gateway = new Gateway({ ...parts, throttled: true });
  const url = await gateway.listen(0);
  for (const path of ['/open/1', '/_local/health']) expect((await fetch(url + path)).status).toBe(503);
  gateway.close();
});

describe('payload format 2.0', () => {
  test('header names are in lower case, repeated values joined by commas, cookies in a field of their own', async () => {
    const event = await echoed('/open/1?a=1&b=x%20y&a=2', { headers: { 'X-Mixed-Case': 'Yes', Cookie: 'a=1; b=2' } });
    expect(event.headers['x-mixed-case']).toBe('Yes');
    expect(event.headers.cookie).toBeUndefined();
    expect(event.cookies).toEqual(['a=1', 'b=2']);
    expect(event.rawQueryString).toBe('a=1&b=x%20y&a=2');
    expect(event.queryStringParameters).toEqual({ a: '1,2', b: 'x y' });
  });

  test('path parameters are decoded, the greedy one takes the rest, and what is absent is left out', async () => {
    const event = await echoed('/open/a%2Fb');
    expect(event).toMatchObject({ routeKey: 'GET /open/{id}', pathParameters: { id: 'a/b' } });
    expect(event).not.toHaveProperty('queryStringParameters');
    expect(event).not.toHaveProperty('cookies');
    expect(event).not.toHaveProperty('body');
    expect((await echoed('/files/x/y.txt', { method: 'DELETE' })).pathParameters).toEqual({ path: 'x/y.txt' });
  });

  test('JSON bodies are text, other bodies base64', async () => {
    const body = '{"ä":1}';
    const json = await echoed('/files/a', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    expect(json).toMatchObject({ body, isBase64Encoded: false });
    const form = await echoed('/files/a', { method: 'POST', body: new URLSearchParams({ a: '1' }) });
    expect(form).toMatchObject({ body: Buffer.from('a=1').toString('base64'), isBase64Encoded: true });
  });

  test("the function's status, headers and cookies reach the client", async () => {
    const { response } = await call('/open/1');
    expect(response.headers.get('x-custom')).toBe('1');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });
});

describe('routes', () => {
  test.each(['/nothing', '/open/', '/open', '/open/1/2'])('%s matches no route', async (path) => {
    expect(await call(path)).toMatchObject({ status: 404, json: { message: 'Not Found' } });
  });

  test('an error of the function is a 500 without its message', async () => {
    expect(await call('/failing')).toMatchObject({ status: 500, json: { message: 'Internal Server Error' } });
  });

  test('a body beyond ten megabytes is refused', async () => {
    const answered = await call('/files/a', { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) });
    expect(answered.status).toBe(413);
  });

  test('requests beyond the limit of a route are refused with 429', async () => {
    const statuses = [];
    for (let n = 0; n < 3; n++) statuses.push((await call('/limited')).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await call('/open/1')).status).toBe(200);
  });
});

describe('the JWT authorizer', () => {
  test('claims are strings, groups in brackets', async () => {
    const token = await local.token({ sub: 'alice', groups: ['staff', 'warehouse'] });
    const { requestContext } = await echoed('/mine', bearer(token));
    expect(requestContext.authorizer?.jwt.claims).toMatchObject({
      sub: 'alice',
      'cognito:groups': '[staff warehouse]',
      token_use: 'access',
      client_id: 'Client',
      exp: expect.stringMatching(/^\d{10}$/),
    });
  });

  test('a user without groups has no such claim', async () => {
    const { requestContext } = await echoed('/mine', bearer(await local.token({ sub: 'bob' })));
    expect(requestContext.authorizer?.jwt.claims).not.toHaveProperty('cognito:groups');
  });

  test('the token route issues tokens that are accepted, and refuses invalid input', async () => {
    const body = JSON.stringify({ sub: 'carol', groups: ['staff'] });
    const { json } = await call('/_local/token', { method: 'POST', body });
    const answered = await call('/mine', bearer((json as { access_token: string }).access_token));
    expect(answered.status).toBe(200);
    expect((await call('/_local/token', { method: 'POST', body: '{"groups":"staff"}' })).status).toBe(400);
  });

  test.each([
    ['none', ''],
    ['no JWT', 'nonsense'],
    ['signed with another key', 'foreign'],
    ['changed after it was signed', 'changed'],
  ])('a bad token is refused: %s', async (_, kind) => {
    const good = await local.token({ sub: 'alice' });
    const foreign = await new SignJWT({ client_id: 'Client' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool')
      .setExpirationTime('1h')
      .sign(Buffer.alloc(32, 1));
    const [head, , signature] = good.split('.');
    const payload = Buffer.from('{"sub":"mallory","client_id":"Client"}').toString('base64url');
    const tokens: Record<string, string> = { foreign, changed: `${head}.${payload}.${signature}` };
    expect(await call('/mine', bearer(tokens[kind] ?? kind))).toMatchObject({
      status: 401,
      json: { message: 'Unauthorized' },
    });
  });
});

test('a bucket refills at its rate and never beyond its burst', () => {
  let now = 0;
  const throttle = new Throttle({ $default: { ratePerSecond: 2, burst: 3 } }, () => now);
  const admitted = () => Array.from({ length: 5 }, () => throttle.admits('GET /a')).filter(Boolean).length;
  expect(admitted()).toBe(3);
  now += 1000;
  expect(admitted()).toBe(2);
  now += 60_000;
  expect(admitted()).toBe(3);
  expect(throttle.admits('GET /another')).toBe(true);
});

test('a script of an allowed origin may call and read the answer, one of another origin may not', async () => {
  const ask = { origin: 'https://shop.example', 'access-control-request-method': 'POST' };
  const preflight = await fetch(`${local.url}/mine`, { method: 'OPTIONS', headers: ask });
  expect(preflight.status).toBe(204);
  expect(Object.fromEntries(preflight.headers)).toMatchObject({
    'access-control-allow-origin': 'https://shop.example',
    'access-control-allow-methods': 'GET,POST',
    'access-control-allow-headers': 'authorization',
  });
  const seen = await fetch(`${local.url}/open/1`, { headers: { origin: 'https://shop.example' } });
  expect(seen.headers.get('access-control-allow-origin')).toBe('https://shop.example');
  expect(seen.headers.get('access-control-expose-headers')).toBe('location');
  const other = await fetch(`${local.url}/open/1`, { headers: { origin: 'https://elsewhere.example' } });
  expect(other.headers.get('access-control-allow-origin')).toBeNull();
});
