import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../api/routes.ts';
import type { Local } from '../../local/index.ts';
import { type Answer, orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';
import { outsiderOf } from './outsider.ts';
import { ServedContract } from './served-contract.ts';
import { signedByCarrier, signedByPayment } from './signed.ts';

let local: Local;
let shop: Shop;
let contract: ServedContract;
let payment: string;
let carrier: string;

beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true });
  shop = new Shop(local);
  await shop.sell('ATLAS', { stock: { BER: 20 } });
  const outsider = outsiderOf(local);
  payment = await outsider.webhookSecret('payment');
  carrier = await outsider.webhookSecret('carrier');
  contract = await ServedContract.read(shop);
});

afterAll(async () => {
  await local?.settled();
  await local?.stop();
});

const fits = (path: string, method: string, answer: Answer<unknown>) => contract.expectDescribed(path, method, answer);

describe('the served OpenAPI document', () => {
  test('describes every route of the contract and no other', () => {
    expect(contract.document.openapi).toMatch(/^3\.1\./);
    expect(contract.document.info.title).toBe('Holdfast');
    const described = contract.operations.map(
      ({ method, path, operation }) => `${operation.operationId}: ${method} ${path}`,
    );
    const heads = routes
      .filter(({ method }) => method === 'GET')
      .map(({ operationId, path }) => {
        return `${operationId.replace(/^[a-z]+/, 'head')}: HEAD ${path}`;
      });
    const others = routes.map(({ operationId, method, path }) => `${operationId}: ${method} ${path}`);
    expect(described.sort()).toEqual([...heads, ...others].sort());
  });

  test('describes exactly the routes that are deployed', () => {
    const deployed = local.app.apis.flatMap((api) => api.routes.map(({ key }) => key));
    for (const { method, path } of contract.operations) expect(deployed).toContain(`${method} ${path}`);
    const main = local.app.apis.find((api) => api.routes.some(({ authorizer }) => authorizer));
    expect(main?.routes.map(({ key }) => key).sort()).toEqual(
      contract.operations.map(({ method, path }) => `${method} ${path}`).sort(),
    );
  });

  test('names the address from which it was read as the one to call', () => {
    const [server] = contract.document.servers;
    expect(contract.document.servers).toHaveLength(1);
    expect(new URL(server?.url ?? '', `${local.url}/openapi.json`).href).toBe(`${local.url}/`);
  });

  test('declares each parameter of a path, and a schema for whatever it declares', () => {
    for (const { path, operation } of contract.operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(operation.parameters.filter((each) => each.in === 'path').map(({ name }) => name)).toEqual(inPath);
      for (const { schema } of operation.parameters) expect(() => contract.validator(schema)).not.toThrow();
      for (const { description, content = {} } of Object.values(operation.responses)) {
        expect(description).not.toBe('');
        for (const { schema } of Object.values(content)) expect(() => contract.validator(schema)).not.toThrow();
      }
    }
  });

  test('requires a token exactly where one is needed', () => {
    for (const { path, method, operation } of contract.operations) {
      const route = routes.find((each) => each.path === path && each.method === method.replace('HEAD', 'GET'));
      const open = route?.access === 'public' || route?.access === 'signed';
      expect([path, operation.security]).toEqual([path, open ? [] : [{ token: [] }]]);
      expect(Object.keys(operation.responses)).toContain('429');
      if (!open) expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '403']));
    }
  });

  test('describes the request bodies: a valid order matches, an invalid one does not', () => {
    const schema = contract.operation('POST', '/orders').requestBody?.content['application/json']?.schema ?? {};
    const order = orderOf('ATLAS', { locale: 'de-DE' });
    expect(contract.validator(schema).safeParse(order).error).toBeUndefined();
    for (const bad of [
      { ...order, lines: [] },
      { ...order, extra: 1 },
      { ...order, currency: 'eur' },
      { currency: 'EUR' },
    ]) {
      expect(contract.validator(schema).safeParse(bad).success).toBe(false);
    }
  });

  test('describes the answers, both successes and refusals', async () => {
    const order = await shop.ordered('alice', orderOf('ATLAS'));
    const { orderId, shipments } = order;
    const staff = 'sam:staff';
    const product = {
      title: 'Atlas',
      prices: [{ currency: 'EUR', amountMinor: 1_000 }],
      weightGrams: 500,
      active: true,
    };
    const receipt = { receiptId: 'r', location: 'BER', quantity: 1 };
    await shop.locate('BER');
    fits('/orders', 'post', await shop.place('alice', orderOf('ATLAS')));
    fits('/orders', 'get', await shop.ask(staff, 'GET', '/orders?limit=1'));
    fits('/orders/{orderId}', 'get', await shop.ask('alice', 'GET', `/orders/${orderId}`));
    fits('/orders/{orderId}/events', 'get', await shop.ask('alice', 'GET', `/orders/${orderId}/events`));
    fits('/catalog', 'get', await shop.ask('', 'GET', '/catalog'));
    fits('/catalog/{sku}', 'get', await shop.ask('', 'GET', '/catalog/ATLAS'));
    fits('/catalog/{sku}', 'put', await shop.ask(staff, 'PUT', '/catalog/ATLAS', product));
    fits('/inventory/{sku}', 'get', await shop.ask(staff, 'GET', '/inventory/ATLAS'));
    fits('/inventory/{sku}/receipts', 'post', await shop.ask(staff, 'POST', '/inventory/ATLAS/receipts', receipt));
    const dispatch = '/orders/{orderId}/shipments/{shipmentId}/dispatch';
    fits(dispatch, 'post', await shop.dispatch(orderId, shipments[0]?.shipmentId ?? ''));
    fits('/orders/{orderId}/cancel', 'post', await shop.cancel(orderId));
    fits('/orders', 'post', await shop.place('alice', {}));
    fits('/orders', 'post', await shop.place('alice', orderOf('NOTHING')));
    fits('/orders', 'post', await shop.place('alice', 'x'.repeat(300_000)));
    fits('/orders/{orderId}', 'get', await shop.ask('mallory', 'GET', `/orders/${orderId}`));
    fits('/inventory/{sku}', 'get', await shop.ask('alice', 'GET', '/inventory/ATLAS'));
    fits('/orders', 'get', await shop.ask('alice', 'GET', '/orders?cursor=x'));
    fits('/inventory/{sku}/plan', 'get', await shop.ask(staff, 'GET', '/inventory/ATLAS/plan'));
    fits('/inventory/{sku}/plan', 'put', await shop.ask(staff, 'PUT', '/inventory/ATLAS/plan', { lowAt: 2 }));
    fits(
      '/inventory/{sku}/backorder',
      'put',
      await shop.ask(staff, 'PUT', '/inventory/ATLAS/backorder', { mode: 'none' }),
    );
    fits('/locations', 'get', await shop.ask(staff, 'GET', '/locations'));
    fits('/locations/{location}', 'get', await shop.ask(staff, 'GET', '/locations/BER'));
    fits('/locations/{location}', 'put', await shop.ask(staff, 'PUT', '/locations/VIE', { country: 'AT' }));
    await shop.sell('GLOBE', { stock: { BER: 5 } });
    const books = { location: 'BER' };
    const adjustment = { ...books, adjustmentId: 'a', quantity: 1, reason: 'found' };
    fits(
      '/inventory/{sku}/adjustments',
      'post',
      await shop.ask(staff, 'POST', '/inventory/GLOBE/adjustments', adjustment),
    );
    const move = { moveId: 'm', from: 'BER', to: 'VIE', quantity: 1 };
    fits('/inventory/{sku}/moves', 'post', await shop.ask(staff, 'POST', '/inventory/GLOBE/moves', move));
    const counted = { ...books, countId: 'c', counted: 0, acceptShortage: true };
    fits('/inventory/{sku}/counts', 'post', await shop.ask(staff, 'POST', '/inventory/GLOBE/counts', counted));
    const safety = '/inventory/{sku}/locations/{location}/safety-stock';
    fits(safety, 'put', await shop.ask(staff, 'PUT', '/inventory/GLOBE/locations/BER/safety-stock', { units: 1 }));
    fits('/openapi.json', 'get', await shop.ask('', 'GET', '/openapi.json'));
  });

  test('describes the headers of a placement and of its replay', async () => {
    const first = await shop.place('alice', orderOf('ATLAS'), 'key-of-a-replay');
    const replay = await shop.place('alice', orderOf('ATLAS'), 'key-of-a-replay');
    for (const answer of [first, replay]) fits('/orders', 'post', answer);
    expect(first.headers.get('location')).toBe(`/orders/${first.body.orderId}`);
    expect([first, replay].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true']);
  });

  test('describes the label and its headers', async () => {
    const order = await shop.ordered('alice', orderOf('ATLAS'));
    const path = `/orders/${order.orderId}/shipments/${order.shipments[0]?.shipmentId}/label`;
    const { status, headers } = await shop.ask('will:warehouse', 'GET', path);
    expect(status).toBe(200);
    const label = '/orders/{orderId}/shipments/{shipmentId}/label';
    const described = contract.operation('GET', label).responses[status];
    expect(Object.keys(described?.content ?? {})).toContain(headers.get('content-type'));
    expect(described?.headers['Cache-Control']?.schema).toMatchObject({ const: headers.get('cache-control') });
    fits(label, 'head', await shop.ask('will:warehouse', 'HEAD', path));
  });

  test('describes HEAD as it is answered, also where it is refused', async () => {
    fits('/orders', 'head', await shop.ask('alice', 'HEAD', '/orders'));
    fits('/catalog/{sku}', 'head', await shop.ask('', 'HEAD', '/catalog/ATLAS'));
    fits('/catalog/{sku}', 'head', await shop.ask('', 'HEAD', '/catalog/NOTHING'));
    fits('/orders', 'head', await shop.ask('', 'HEAD', '/orders'));
  });

  test('describes every route without a token, and with a wrong one, as the gateway answers it', async () => {
    for (const { path, method, operation } of contract.operations.filter(
      ({ operation: { security } }) => security.length > 0,
    )) {
      for (const headers of [{}, { authorization: 'Bearer nothing' }]) {
        const answer = await shop.ask('', method, path.replace(/\{\w+\}/g, 'X'), undefined, headers);
        expect([operation.operationId, answer.status]).toEqual([operation.operationId, 401]);
        const challenge = 'authorization' in headers ? /^Bearer .*error="invalid_token"/ : /^Bearer$/;
        expect(answer.headers.get('www-authenticate')).toMatch(challenge);
        fits(path, method.toLowerCase(), answer);
        if (method !== 'HEAD') expect(answer.body).toEqual(contract.exampleOf(method, path, 401));
      }
    }
  });

  test('describes bodies that are too large: for a function, and for the gateway', async () => {
    const dispatch = '/orders/{orderId}/shipments/{shipmentId}/dispatch';
    const large = 'x'.repeat(300_000);
    fits('/orders', 'post', await shop.place('alice', large));
    fits(dispatch, 'post', await shop.ask('sam:staff', 'POST', '/orders/a/shipments/b/dispatch', large));
    const tooLarge = await shop.place('alice', 'x'.repeat(10 * 1024 * 1024 + 1));
    expect(tooLarge.status).toBe(413);
    fits('/orders', 'post', tooLarge);
    expect(tooLarge.body).toEqual(contract.exampleOf('POST', '/orders', 413));
  });

  test('describes what the gateway answers where a parameter is empty', async () => {
    const answer = await shop.ask('alice', 'GET', '/orders/');
    fits('/orders/{orderId}', 'get', answer);
    expect([answer.status, answer.body]).toEqual([404, contract.exampleOf('GET', '/orders/{orderId}', 404)]);
  });

  test('describes the webhooks: their bodies, their signatures, and their refusals', async () => {
    const events = {
      '/webhooks/payment': { id: 'evt_1', type: 'charge.updated', data: { object: { id: 'ch_1' } }, livemode: false },
      '/webhooks/carrier': { id: 'evt_2', description: 'batch.updated', result: { object: 'Batch', status: {} } },
    };
    for (const [path, event] of Object.entries(events)) {
      const { requestBody, parameters } = contract.operation('POST', path);
      const body = JSON.stringify(event);
      const signed = path.endsWith('payment')
        ? signedByPayment(body, { secret: payment })
        : signedByCarrier(body, { secret: carrier });
      const answer = await shop.ask('', 'POST', path, body, signed);
      expect([path, answer.status]).toEqual([path, 200]);
      fits(path, 'post', answer);
      fits(path, 'post', await shop.ask('', 'POST', path, body));
      fits(path, 'post', await shop.ask('', 'POST', `${path}?x=1`, body, signed));
      const schema = requestBody?.content['application/json']?.schema ?? {};
      expect([path, contract.validator(schema).safeParse(event).error]).toEqual([path, undefined]);
      for (const [name, value] of Object.entries(signed)) {
        const parameter = parameters.find((each) => each.in === 'header' && each.name.toLowerCase() === name);
        expect([name, contract.validator(parameter?.schema ?? { not: {} }).safeParse(value).error]).toEqual([
          name,
          undefined,
        ]);
      }
    }
  });

  test('describes parameters by patterns that the functions check', async () => {
    for (const [path, method, sent] of [
      ['/catalog/{sku}', 'GET', '/catalog/.env'],
      ['/inventory/{sku}', 'GET', `/inventory/${'A'.repeat(65)}`],
      ['/locations/{location}', 'GET', '/locations/a.b'],
      ['/orders/{orderId}', 'GET', '/orders/ord_1'],
    ] as const) {
      const [parameter] = contract.operation('GET', path).parameters;
      expect(contract.validator(parameter?.schema ?? {}).safeParse(sent.split('/')[2]).success).toBe(false);
      const answer = await shop.ask('sam:staff', method, sent);
      expect([sent, [400, 404].includes(answer.status)]).toEqual([sent, true]);
      fits(path, 'get', answer);
    }
  });
});

describe('a route with too many requests', () => {
  test('answers 429 beyond its own limit while other routes answer, and recovers a moment later', async () => {
    // The route with the lowest limit, which also a slow machine exceeds.
    const path = '/settings/{name}/versions';
    const { burst, ratePerSecond } = routes.find((route) => route.path === path)?.throttle ?? {
      burst: 0,
      ratePerSecond: 1,
    };
    const ask = () => shop.ask('sam:staff', 'GET', '/settings/markets/versions');
    const answers = await Promise.all(Array.from({ length: burst * 6 }, ask));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(burst / 2);
    expect(refused.length).toBeGreaterThan(0);
    expect(answers.every(({ status }) => status === 200 || status === 429)).toBe(true);
    expect(refused[0]?.text).toBe('{"message":"Too Many Requests"}');
    for (const answer of refused) fits(path, 'get', answer);
    expect((await shop.ask('', 'GET', '/catalog/ATLAS')).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, (2 / ratePerSecond) * 1_000));
    expect((await ask()).status).toBe(200);
  });

  test('has a limit of its own, as every route does', () => {
    const throttles = local.app.apis.find((api) => api.routes.some(({ authorizer }) => authorizer))?.throttles ?? {};
    for (const { method, path, throttle } of routes) expect(throttles[`${method} ${path}`]).toEqual(throttle);
  });
});
