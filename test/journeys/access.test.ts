import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importJWK, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../../api/define-route.ts';
import { routes } from '../../api/routes.ts';
import type { Local } from '../../local/index.ts';
import { orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';
import { expectRefused, readContract, writesTo } from './refused.ts';

/** Used only for the key that signs tokens, so that a token is wrong in nothing but what the test changes. */
const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-access-'));

let local: Local;
let shop: Shop;
let orderId: string;
let shipmentId: string;

beforeAll(async () => {
  local = await startLocal({ port: 0, dataDir });
  shop = new Shop(local);
  await shop.sell('REAL', { stock: { BER: 5 } });
  await shop.ask('sam:staff', 'PUT', '/locations/BER', { country: 'DE' });
  await shop.must('sam:staff', 'PUT', '/discounts/TEN', { title: 'Ten', on: 'order', basisPoints: 1_000 });
  const order = await shop.ordered('alice', orderOf('REAL'));
  orderId = order.orderId;
  shipmentId = order.shipments[0]?.shipmentId ?? '';
  await readContract(shop);
});

afterAll(async () => {
  await local?.stop();
  rmSync(dataDir, { recursive: true });
});

const pathOf = ({ path }: Route) =>
  path
    .replace('{orderId}', orderId)
    .replace('{shipmentId}', shipmentId)
    .replace('{sku}', 'REAL')
    .replace('{location}', 'BER')
    .replace('{code}', 'TEN')
    .replace('{name}', 'markets');
const named = (wanted: (route: Route) => boolean) =>
  routes.filter(wanted).map((route) => ({ route, name: `${route.method} ${route.path}` }));
const needsToken = ({ access }: Route) => access !== 'public' && access !== 'signed';

async function expectUnauthorized(route: Route, headers: Record<string, string>): Promise<void> {
  local.resetMeter();
  const body = route.method === 'GET' ? undefined : orderOf('REAL');
  const answer = await shop.ask<{ message: string }>('', route.method, pathOf(route), body, {
    'idempotency-key': 'k',
    ...headers,
  });
  expect([answer.status, answer.text]).toEqual([401, '{"message":"Unauthorized"}']);
  expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  expect(writesTo(local)).toEqual({});
}

describe('every route that is not public', () => {
  test.each(named(needsToken))('refuses $name without a token, or with garbage for one', async ({ route }) => {
    await expectUnauthorized(route, {});
    for (const authorization of [
      'garbage',
      'Bearer',
      'Bearer ',
      'Bearer a.b.c',
      `Basic ${btoa('alice:alice')}`,
      'Bearer null',
    ]) {
      await expectUnauthorized(route, { authorization });
    }
  });

  test('is answered to a caller with a valid token', async () => {
    const answers = await Promise.all(
      named((route) => needsToken(route) && route.method === 'GET').map(({ route }) =>
        shop.ask('sam:staff', 'GET', pathOf(route)),
      ),
    );
    expect(answers.length).toBeGreaterThan(3);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});

describe('a token is not valid', () => {
  const getOrder = routes.find(({ operationId }) => operationId === 'get-order') as Route;
  const hour = 3_600;

  /** A token that is valid except for `change`. */
  async function forged(change: JWTPayload & { alg?: string }): Promise<string> {
    const jwk = JSON.parse(readFileSync(join(dataDir, 'token-key.json'), 'utf8'));
    const good = JSON.parse(Buffer.from((await shop.token('alice')).split('.')[1] ?? '', 'base64url').toString());
    const { alg = 'ES256', ...claims } = { ...good, ...change };
    if (alg === 'none') return new UnsecuredJWT(claims).encode();
    const key = alg === 'ES256' ? await importJWK(jwk, 'ES256') : new TextEncoder().encode(JSON.stringify(jwk));
    return new SignJWT(claims).setProtectedHeader({ alg, kid: 'local' }).sign(key);
  }

  test('unless every part is right: the token that the others are made from is valid', async () => {
    const answer = await shop.ask('', 'GET', pathOf(getOrder), undefined, {
      authorization: `Bearer ${await forged({})}`,
    });
    expect(answer.status).toBe(200);
  });

  const now = Math.floor(Date.now() / 1_000);
  const wrong = [
    { what: 'that has expired', change: { exp: now - hour } },
    { what: 'that never expires', change: { exp: undefined } },
    { what: 'that is not valid yet', change: { nbf: now + hour } },
    { what: 'of another issuer', change: { iss: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Other' } },
    { what: 'for another audience', change: { client_id: 'other' } },
    { what: 'for another audience by aud', change: { aud: 'other' } },
    { what: 'that is not signed', change: { alg: 'none' } },
    { what: 'that is signed with a public key', change: { alg: 'HS256' } },
  ];

  test.each(wrong)('$what', async ({ change }) => {
    await expectUnauthorized(getOrder, { authorization: `Bearer ${await forged(change as JWTPayload)}` });
  });

  test('when its claims were changed after it was signed', async () => {
    const [header, payload = '', signature] = (await shop.token('mallory')).split('.');
    const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), 'cognito:groups': ['staff'] };
    const tampered = [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
    await expectUnauthorized(getOrder, { authorization: `Bearer ${tampered}` });
  });
});

describe('a route for groups', () => {
  test.each(named(({ access }) => typeof access !== 'string'))(
    'refuses $name to every other caller',
    async ({ route }) => {
      const groups = typeof route.access === 'string' ? [] : route.access;
      const others = ['alice', 'mallory:customers', 'eve:staffer,warehousing', 'will:warehouse', 'sam:staff'].filter(
        (as) => !groups.some((group) => as.split(':')[1] === group),
      );
      for (const as of others) {
        // A caller without permission does not learn what is wrong with the request either.
        const attempt = {
          as,
          method: route.method,
          path: pathOf(route),
          body: route.method === 'GET' ? undefined : '{',
        };
        await expectRefused({ local, shop }, attempt, { status: 403, code: 'FORBIDDEN' });
      }
    },
  );
});

describe('an unknown route', () => {
  const nowhere = [
    ['GET', '/'],
    ['GET', '/nothing'],
    ['GET', '/orders/'],
    ['GET', '/ORDERS'],
    ['GET', '//orders'],
    ['PUT', '/orders'],
    ['PATCH', '/orders'],
    ['DELETE', '/orders'],
    ['POST', '/catalog'],
    ['DELETE', '/catalog/REAL'],
    ['PUT', '/inventory/REAL'],
    ['GET', '/inventory'],
    ['GET', '/inventory//receipts'],
    ['GET', '/webhooks/payment'],
    ['POST', '/openapi.json'],
    ['POST', '/orders//cancel'],
    ['GET', '/.env'],
    ['GET', '/catalog/%E0%A4%A'],
  ] as const;

  test.each(nowhere)('%s %s is 404, with or without a token', async (method, path) => {
    for (const as of ['', 'sam:staff']) {
      expect(await shop.ask(as, method, path)).toMatchObject({ status: 404, text: '{"message":"Not Found"}' });
    }
  });

  test('DELETE of an order is 404 too, and the order is still there', async () => {
    expect((await shop.ask('sam:staff', 'DELETE', `/orders/${orderId}`)).status).toBe(404);
    expect(await shop.order(orderId)).toMatchObject({ status: 'confirmed', version: 2 });
  });
});
