import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type RefusalCode, type Route, refusalStatus } from '../../api/define-route.ts';
import { contact, placeOrderBody, shippingAddress } from '../../api/orders.ts';
import { routes } from '../../api/routes.ts';
import { maxLines, maxQuantity, maxTotalMinor } from '../../api/vocabulary.ts';
import { body } from '../functions/orders/given.ts';

const root = join(import.meta.dirname, '../..');
const cases = routes.map((route) => [`${route.method} ${route.path}`, route] as const);

describe('the HTTP contract', () => {
  it('has the routes of the design, each with its access', () => {
    const promised: Record<string, Route['access']> = {
      'POST /orders': 'customer',
      'POST /orders/quote': 'customer',
      'GET /orders/{orderId}': 'customer',
      'GET /orders': 'customer',
      'GET /orders/{orderId}/events': 'customer',
      'GET /orders/{orderId}/shipments/{shipmentId}/label': ['warehouse', 'staff'],
      'POST /orders/{orderId}/cancel': 'customer',
      'POST /orders/{orderId}/shipments/{shipmentId}/dispatch': ['warehouse', 'staff'],
      'GET /catalog': 'public',
      'GET /catalog/{sku}': 'public',
      'PUT /catalog/{sku}': ['staff'],
      'GET /discounts': ['staff'],
      'GET /discounts/{code}': ['staff'],
      'PUT /discounts/{code}': ['staff'],
      'GET /settings/{name}': ['staff'],
      'GET /settings/{name}/versions': ['staff'],
      'PUT /settings/{name}': ['staff'],
      'POST /inventory/{sku}/receipts': ['staff'],
      'GET /inventory/{sku}': ['staff', 'warehouse'],
      'PUT /inventory/{sku}/backorder': ['staff'],
      'PUT /inventory/{sku}/plan': ['staff'],
      'GET /inventory/{sku}/plan': ['staff'],
      'POST /inventory/{sku}/adjustments': ['staff', 'warehouse'],
      'POST /inventory/{sku}/counts': ['staff', 'warehouse'],
      'POST /inventory/{sku}/moves': ['staff', 'warehouse'],
      'PUT /inventory/{sku}/locations/{location}/safety-stock': ['staff'],
      'PUT /locations/{location}': ['staff'],
      'GET /locations': ['staff', 'warehouse'],
      'GET /locations/{location}': ['staff', 'warehouse'],
      'POST /webhooks/payment': 'signed',
      'POST /webhooks/carrier': 'signed',
      'GET /openapi.json': 'public',
    };
    expect(Object.fromEntries(cases.map(([name, { access }]) => [name, access]))).toEqual(promised);
  });

  it('has each route and each operation once', () => {
    expect(new Set(cases.map(([name]) => name)).size).toBe(routes.length);
    expect(new Set(routes.map(({ operationId }) => operationId)).size).toBe(routes.length);
  });

  it.each(cases)('%s is handled by the function of its name', (_, { operationId, entryPoint }) => {
    expect(entryPoint).toMatch(new RegExp(`^[a-z]+/${operationId}$`));
    const file = join(root, 'functions', `${entryPoint}.ts`);
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).toMatch(/export const handler = httpHandler\(/);
  });

  it.each(cases)('%s has a throttle and a summary', (_, { throttle, summary }) => {
    expect(throttle.ratePerSecond).toBeGreaterThan(0);
    expect(throttle.burst).toBeGreaterThanOrEqual(throttle.ratePerSecond);
    expect(summary).toMatch(/^[A-Z].*\.$/);
  });

  it.each(cases)('%s may be refused with codes that have a status, each named once', (_, { refusals }) => {
    expect(new Set(refusals).size).toBe(refusals.length);
    for (const code of refusals) expect(refusalStatus[code]).toBeGreaterThanOrEqual(400);
  });

  it.each(cases.filter(([, { path }]) => path.includes('{')))(
    '%s, which has a path parameter, can answer NOT_FOUND',
    (_, route) => {
      if (route.method === 'PUT' || route.refusals.includes('UNKNOWN_SKU')) return;
      expect(route.refusals).toContain('NOT_FOUND');
    },
  );

  it('has no refusal code without a route that uses it', () => {
    const everywhere: readonly RefusalCode[] = ['VALIDATION_FAILED', 'FORBIDDEN', 'BODY_TOO_LARGE'];
    const given = new Set([...everywhere, ...routes.flatMap(({ refusals }) => refusals)]);
    expect(Object.keys(refusalStatus).filter((code) => !given.has(code as RefusalCode))).toEqual([]);
  });

  it('requires an idempotency key only for a placement', () => {
    expect(routes.filter(({ idempotent }) => idempotent).map(({ operationId }) => operationId)).toEqual([
      'place-order',
    ]);
  });

  it('has no route at the root that an emulator keeps for itself', () => {
    expect(routes.map(({ path }) => path)).not.toContain('/health');
  });
});

describe('the fields of a request', () => {
  it('is cleared of the spaces around it', () => {
    const parsed = shippingAddress.parse({ ...body.shippingAddress, name: '  Alice  ', postalCode: ' 10115 ' });
    expect(parsed).toMatchObject({ name: 'Alice', postalCode: '10115' });
  });

  it.each([
    ['a name of 200 characters', { name: 'x'.repeat(200) }, true],
    ['a longer one', { name: 'x'.repeat(201) }, false],
    ['a name in any script', { name: '山田 太郎' }, true],
    ['a line break', { line1: 'a\nb' }, false],
    ['an emoji', { line2: '🏠 3' }, true],
    ['a postal code of 17 characters', { postalCode: '1'.repeat(17) }, false],
    ['a country in small letters', { country: 'de' }, false],
  ])('in an address: %s', (_, change, allowed) => {
    expect(shippingAddress.safeParse({ ...body.shippingAddress, ...change }).success).toBe(allowed);
  });

  it.each([
    [{ email: 'a@example.com' }, true],
    [{ email: `${'a'.repeat(250)}@example.com` }, false],
    [{ email: 'a@example.com', phone: '+49 (30) 123-456' }, true],
    [{ email: 'a@example.com', phone: '1'.repeat(31) }, false],
    [{ phone: '+49 30 123456' }, false],
  ])('of a contact: %j', (value, allowed) => {
    expect(contact.safeParse(value).success).toBe(allowed);
  });

  it.each([
    [
      'the most lines',
      { lines: Array.from({ length: maxLines }, (_, index) => ({ sku: `S${index}`, quantity: maxQuantity })) },
      true,
    ],
    ['a SKU with a slash', { lines: [{ sku: 'a/b', quantity: 1 }] }, false],
    ['a SKU of 65 characters', { lines: [{ sku: 'A'.repeat(65), quantity: 1 }] }, false],
    ['a SKU that begins with a dot', { lines: [{ sku: '.env', quantity: 1 }] }, false],
    ['half a unit', { lines: [{ sku: 'A', quantity: 0.5 }] }, false],
    ['a card number for a payment method', { paymentMethodId: '4242 4242 4242 4242' }, false],
    ['an expected total above every total', { expectedTotalMinor: maxTotalMinor + 1 }, false],
  ])('in an order: %s', (_, change, allowed) => {
    expect(placeOrderBody.safeParse({ ...body, ...change }).success).toBe(allowed);
  });

  it('lets a customer expect every total that an order may have', () => {
    expect(placeOrderBody.safeParse({ ...body, expectedTotalMinor: maxTotalMinor }).success).toBe(true);
  });
});
