import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { defineRoute, type RefusalCode, type Route, refusalStatus } from '../../../api/define-route.ts';
import { listOrders, placeOrder } from '../../../api/orders.ts';
import { maxBodyBytes, problem } from '../../../api/vocabulary.ts';
import { actorName, actorOf } from '../../../functions/shared/actor.ts';
import { httpHandler } from '../../../functions/shared/http-handler.ts';
import { TransientFault } from '../../../functions/shared/kernel/faults.ts';
import { refuse } from '../../../functions/shared/kernel/refusal.ts';
import { logger } from '../../../functions/shared/logging.ts';
import { body as order } from '../orders/given.ts';
import { call, httpEvent, type RequestOptions } from './requests.ts';

const route = defineRoute({
  operationId: 'paint-door',
  entryPoint: 'doors/paint-door',
  method: 'POST',
  path: '/doors/{doorId}',
  access: 'customer',
  summary: '',
  throttle: { ratePerSecond: 1, burst: 1 },
  body: z.strictObject({ color: z.enum(['red', 'blue']), layers: z.int().check(z.minimum(1)) }),
  query: z.strictObject({ limit: z.optional(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100))) }),
  success: { status: 202 },
  refusals: ['NOT_FOUND'],
});

const body = { color: 'red', layers: 1 };
const handler = httpHandler(route, async (request) => ({ body: { ...request, lambda: undefined } }));
const seen = (options: RequestOptions) => call(handler, { body, ...options });
const refusing = (access: Route['access']) => httpHandler({ ...route, access }, async () => ({ body: {} }));

function silently<T>(run: () => Promise<T>): Promise<T> {
  const log = vi.spyOn(logger, 'error').mockImplementation(() => undefined);
  return run().finally(() => log.mockRestore());
}

describe('a valid request', () => {
  it('reaches its handler parsed', async () => {
    const { status, headers, body: got } = await seen({ path: { doorId: 'd1' }, query: { limit: '5' } });
    expect([status, headers['content-type']]).toEqual([202, 'application/json']);
    expect(got).toMatchObject({ body, query: { limit: 5 }, path: { doorId: 'd1' }, rawBody: JSON.stringify(body) });
  });

  it('may be sent in base 64', async () => {
    expect((await seen({ base64: true })).body.body).toEqual(body);
  });

  it('may begin with a byte order mark', async () => {
    const rawBody = `\ufeff${JSON.stringify(body)}`;
    expect((await seen({ rawBody })).body.body).toEqual(body);
    expect((await seen({ rawBody, base64: true })).body.body).toEqual(body);
  });

  it('may come without a query or headers', async () => {
    const event = { ...httpEvent({ body }), headers: undefined, pathParameters: undefined };
    const answer = await handler(event as never, {} as never);
    expect(answer.statusCode).toBe(202);
  });

  it('keeps the correlation id and the trace of its caller', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const { body: got } = await seen({ headers: { 'x-correlation-id': 'shop-42-abc', traceparent } });
    expect(got).toMatchObject({ correlationId: 'shop-42-abc', traceparent });
  });

  it.each([
    ['too short', 'abc'],
    ['too long', 'x'.repeat(65)],
    ['not plain', 'abcd efgh"}'],
  ])('gets its request id for a correlation id that is %s', async (_, wanted) => {
    const { body: got } = await seen({ headers: { 'x-correlation-id': wanted, traceparent: 'nonsense' } });
    expect(got).toMatchObject({ correlationId: got.requestId, traceparent: '' });
  });

  it('may be answered with headers of its own', async () => {
    const answering = httpHandler(route, async () => ({ body: {}, headers: { location: '/doors/1' } }));
    const { headers } = await call(answering, { body });
    expect(headers).toEqual({ 'content-type': 'application/json', location: '/doors/1' });
  });
});

describe('the access to a route', () => {
  it.each<[Route['access'], RequestOptions, number]>([
    ['public', { sub: null }, 202],
    ['signed', { sub: null }, 202],
    ['customer', { sub: null }, 403],
    ['customer', { sub: '' }, 403],
    ['customer', {}, 202],
    ['customer', { groups: ['staff'] }, 202],
    [['staff'], {}, 403],
    [['staff'], { groups: ['warehouse'] }, 403],
    [['staff'], { groups: ['staff'] }, 202],
    [['staff'], { groups: ['staffers'] }, 403],
    [['staff'], { groups: ['x,staff'] }, 403],
    [['staff'], { groups: ['staff,'] }, 403],
    [['staff'], { groups: ['[staff]'] }, 403],
    [['staff'], { groups: ['Staff'] }, 403],
    [['warehouse', 'staff'], { groups: ['warehouse'] }, 202],
    [['warehouse', 'staff'], { groups: ['auditors', 'staff'] }, 202],
  ])('%j answers %j with %i', async (access, options, status) => {
    const reply = await call(refusing(access), { body, ...options });
    expect(reply.status).toBe(status);
    if (status === 403) expect(reply.body).toMatchObject({ code: 'FORBIDDEN', status: 403 });
  });

  it('is decided before the body is parsed', async () => {
    expect((await call(refusing(['staff']), { rawBody: 'nonsense' })).status).toBe(403);
  });

  it.each([
    ['[staff warehouse]', ['staff', 'warehouse']],
    ['[staff]', ['staff']],
    ['staff', ['staff']],
    ['[x,staff]', ['x,staff']],
    ['[x,staff auditors]', ['x,staff', 'auditors']],
    ['[[staff]]', ['[staff]']],
    ['[staff', ['[staff']],
    ['x staff', ['x staff']],
    ['staff,warehouse', ['staff,warehouse']],
    ['[]', []],
    ['', []],
  ])('reads the groups %o as API Gateway writes them', (claim, groups) => {
    const event = httpEvent({});
    event.requestContext.authorizer.jwt.claims['cognito:groups'] = claim;
    expect(actorOf(event)).toEqual({ id: 'alice', groups });
  });

  it.each([
    [[], 'customer:alice'],
    [['beta-testers'], 'customer:alice'],
    [['x,staff'], 'customer:alice'],
    [['warehouse'], 'warehouse:alice'],
    [['beta-testers', 'warehouse'], 'warehouse:alice'],
    [['staff'], 'staff:alice'],
    [['warehouse', 'staff'], 'staff:alice'],
  ])('of a member of %j is in the log as %s', (groups, name) => {
    expect(actorName({ id: 'alice', groups })).toBe(name);
  });
});

describe('an invalid request is refused with 400', () => {
  const errorsOf = async (options: RequestOptions, on = handler) => {
    const reply = await call(on, options);
    expect(reply).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    return reply.body.errors as { path: string; message: string }[];
  };

  it.each([
    [
      'in ISO 8859-1, in base 64 as the gateway sends other content types',
      { base64: true, rawBytes: [0x7b, 0x22, 0xfc] },
    ],
    ['cut within a letter, in base 64', { base64: true, rawBytes: [0x22, 0xc3] }],
    ['in ISO 8859-1, of which the gateway made text', { rawBody: '{"color":"bl\ufffd"}' }],
  ])('when its body is %s', async (_, options) => {
    expect(await errorsOf(options)).toEqual([{ path: '', message: 'not UTF-8' }]);
  });

  it('when a text in it has lost characters before', async () => {
    const name = 'M\ufffdller';
    const rawBody = JSON.stringify({ ...order, shippingAddress: { ...order.shippingAddress, name } }).replace(
      '\ufffd',
      '\\ufffd',
    );
    const placing = httpHandler(placeOrder, async () => ({ body: {} }));
    expect(await errorsOf({ rawBody }, placing)).toEqual([
      { path: 'shippingAddress.name', message: 'no replacement characters' },
    ]);
  });

  it.each([
    ['no JSON', 'nonsense'],
    ['nothing', ''],
    ['half of it', '{"color":"red"'],
  ])('when its body is %s', async (_, rawBody) => {
    expect(await errorsOf({ rawBody })).toEqual([{ path: '', message: 'not JSON' }]);
  });

  it.each([null, [], 'red', 42])('when its body is %j and not an object', async (value) => {
    expect(await errorsOf({ body: value })).toEqual([{ path: '', message: 'must be an object' }]);
  });

  it('naming every field that is missing, wrong or unknown, by its path', async () => {
    expect(await errorsOf({ body: { color: 'green', layers: 0, brush: 'wide' } })).toEqual([
      { path: 'color', message: 'must be one of red, blue' },
      { path: 'layers', message: 'must be at least 1' },
      { path: 'brush', message: 'unknown field' },
    ]);
    expect(await errorsOf({ body: {} })).toEqual([
      { path: 'color', message: expect.any(String) },
      { path: 'layers', message: 'required' },
    ]);
    expect(await errorsOf({ body: { color: 'red', layers: 1.5 } })).toEqual([
      { path: 'layers', message: 'must be an integer' },
    ]);
  });

  it.each([
    [{ lines: [{ sku: 'MUG', quantity: '2' }] }, 'lines.0.quantity', 'must be a number'],
    [{ lines: [{ sku: 'MUG', quantity: 0 }] }, 'lines.0.quantity', 'must be at least 1'],
    [{ lines: [{ sku: 'MUG', quantity: 10_001 }] }, 'lines.0.quantity', 'must be at most 10000'],
    [{ lines: [{ sku: 'a b', quantity: 1 }] }, 'lines.0.sku', 'letters, digits and . _ @ -, at most 64'],
    [{ lines: [] }, 'lines', 'must have at least 1 item'],
    [{ lines: Array(501).fill({ sku: 'A', quantity: 1 }) }, 'lines', 'must have at most 500 items'],
    [
      { lines: [{ sku: 'A', quantity: 1, lineNote: 'x'.repeat(201) }] },
      'lines.0.lineNote',
      'must have at most 200 characters',
    ],
    [{ lines: [{ sku: 'A', quantity: 1, lineNote: 'a\u0007' }] }, 'lines.0.lineNote', 'no control characters'],
    [{ lines: [{ sku: 'A', quantity: 1, price: 1 }] }, 'lines.0.price', 'unknown field'],
    [{ currency: 'euro' }, 'currency', 'an ISO 4217 code such as EUR'],
    [{ contact: { email: 'nobody' } }, 'contact.email', 'must be a valid email'],
    [{ contact: { email: 'a@example.com', phone: 'call me' } }, 'contact.phone', 'a phone number'],
    [{ shippingAddress: { ...order.shippingAddress, line1: '  ' } }, 'shippingAddress.line1', 'must not be empty'],
    [
      { shippingAddress: { ...order.shippingAddress, name: 'A\u0000' } },
      'shippingAddress.name',
      'no control characters',
    ],
    [
      { shippingAddress: { ...order.shippingAddress, country: 'Germany' } },
      'shippingAddress.country',
      'an ISO 3166-1 alpha-2 code such as DE',
    ],
    [{ paymentMethodId: '4242424242424242' }, 'paymentMethodId', 'an id of the payment gateway such as pm_card_visa'],
    [{ expectedTotalMinor: -1 }, 'expectedTotalMinor', 'must be at least 0'],
    [{ locale: 'german' }, 'locale', 'a locale such as en or de-AT'],
  ])('for an order with %j at %s', async (change, path, message) => {
    const placing = httpHandler(placeOrder, async () => ({ body: {} }));
    expect(await errorsOf({ body: { ...order, ...change } }, placing)).toContainEqual({ path, message });
  });

  it('when it has a field __proto__', async () => {
    const rawBody = '{"color":"red","layers":1,"__proto__":{"groups":["staff"]}}';
    expect(await errorsOf({ rawBody })).toEqual([{ path: '__proto__', message: 'unknown field' }]);
    const nested = JSON.stringify(order).replace('"contact":{', '"contact":{"__proto__":{"admin":true},');
    const placing = httpHandler(placeOrder, async () => ({ body: {} }));
    expect(await errorsOf({ rawBody: nested }, placing)).toEqual([
      { path: 'contact.__proto__', message: 'unknown field' },
    ]);
    expect({}).not.toHaveProperty('admin');
  });

  it('when its query has a wrong or an unknown parameter', async () => {
    expect(await errorsOf({ body, query: { limit: 'many' } })).toEqual([
      { path: 'query.limit', message: 'must be a number' },
    ]);
    expect(await errorsOf({ body, query: { limit: '101', page: '2' } })).toEqual([
      { path: 'query.limit', message: 'must be at most 100' },
      { path: 'query.page', message: 'unknown field' },
    ]);
  });

  it.each(['0x10', '1e1', ' 10', '10 ', '+5', '5.0', '1_0', '١', 'NaN', '9'.repeat(400)])(
    'when an integer in its query is %j',
    async (limit) => {
      const { query, ...bare } = route;
      const listing = httpHandler({ ...bare, query: listOrders.query }, async () => ({ body: {} }));
      expect(await errorsOf({ body, query: { limit } }, listing)).toEqual([
        { path: 'query.limit', message: 'must be an integer' },
      ]);
    },
  );

  it('when it has a query and its route has none', async () => {
    const { query, ...bare } = route;
    const plain = httpHandler(bare, async () => ({ body: {} }));
    expect(await errorsOf({ body, query: { page: '2' } }, plain)).toEqual([
      { path: 'query.page', message: 'unknown field' },
    ]);
    expect((await call(plain, { body })).status).toBe(202);
  });

  it('with at most fifty errors', async () => {
    const wrong = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`field${index}`, 1]));
    expect(await errorsOf({ body: wrong })).toHaveLength(50);
  });

  it('without repeating the sent values', async () => {
    const placing = httpHandler(placeOrder, async () => ({ body: {} }));
    const personal = { ...order, contact: { email: 'secret-person@' }, currency: 'secret-currency' };
    const reply = await call(placing, { body: personal });
    expect(JSON.stringify(reply.body)).not.toContain('secret');
  });
});

describe('a body', () => {
  const longest = JSON.stringify(body).padEnd(maxBodyBytes);

  it('may have 256 KB, and one byte more is refused with 413', async () => {
    expect((await seen({ rawBody: longest })).status).toBe(202);
    expect(await seen({ rawBody: `${longest} ` })).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } });
  });

  it('is measured in bytes, not in characters, and after base 64', async () => {
    const wide = JSON.stringify({ color: 'ü'.repeat(maxBodyBytes / 2) });
    expect((await seen({ rawBody: wide })).status).toBe(413);
    expect((await seen({ rawBody: longest, base64: true })).status).toBe(202);
  });

  it('is bounded for routes without a parsed body, too', async () => {
    const { body: _unused, ...bare } = route;
    const raw = httpHandler({ ...bare, access: 'signed' }, async () => ({ body: {} }));
    expect((await call(raw, { rawBody: `${longest} ` })).status).toBe(413);
  });
});

describe('a refusal', () => {
  const codes = Object.entries(refusalStatus) as [RefusalCode, number][];

  it.each(codes)('%s is a problem document with status %i', async (code, status) => {
    const refusal = httpHandler(route, async () => refuse(code, 'Because.', [{ path: 'a', message: 'b' }]));
    const reply = await call(refusal, { body });
    expect([reply.status, reply.headers['content-type']]).toEqual([status, 'application/problem+json']);
    expect(problem.parse(reply.body)).toEqual({
      type: 'about:blank',
      title: expect.not.stringMatching(/^Error$/),
      status,
      code,
      detail: 'Because.',
      errors: [{ path: 'a', message: 'b' }],
    });
    expect('retry-after' in reply.headers).toBe(code === 'IDEMPOTENCY_IN_PROGRESS');
  });
});

describe('a fault', () => {
  const failing = (error: unknown) => httpHandler(route, async () => Promise.reject(error));

  it.each([
    ['one that may pass', new TransientFault('table orders-dev is busy'), 503, 'UNAVAILABLE', '1'],
    ['a bug', new TypeError('orders-dev is not a function'), 500, 'INTERNAL', undefined],
    ['something that is not even an error', 'orders-dev', 500, 'INTERNAL', undefined],
  ])('%s is answered without details of the fault', async (_, error, status, code, retryAfter) => {
    const reply = await silently(() => call(failing(error), { body }));
    expect(reply).toMatchObject({ status, body: { status, code } });
    expect(reply.headers['retry-after']).toBe(retryAfter);
    expect(JSON.stringify(reply)).not.toContain('orders-dev');
  });

  it('is logged with the request, and without its body', async () => {
    const log = vi.spyOn(logger, 'error').mockImplementation(() => undefined);
    await call(failing(new Error('x')), { body: { color: 'red', layers: 7_654_321 } });
    const said = JSON.stringify(log.mock.calls);
    log.mockRestore();
    expect(said).toContain('request-');
    expect(said).not.toContain('7654321');
  });
});
