import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { putProduct } from '../../api/catalog.ts';
import type { Route } from '../../api/define-route.ts';
import { putDiscount } from '../../api/discounts.ts';
import { putBackorder, putStockPlan, receiveStock } from '../../api/inventory.ts';
import { putLocation } from '../../api/locations.ts';
import { placeOrder } from '../../api/orders.ts';
import { quoteOrder } from '../../api/quotes.ts';
import { routes } from '../../api/routes.ts';
import { putSetting } from '../../api/settings.ts';
import { adjustStock, countStock, moveStock, putSafetyStock } from '../../api/stock-books.ts';
import { body as order } from '../functions/orders/given.ts';

/** A valid body of each route that has one, without optional fields. */
const bodies = new Map<Route, object>([
  [
    placeOrder,
    {
      ...order,
      ...{ locale: undefined, expectedTotalMinor: undefined },
      // A country without postal codes.
      shippingAddress: { ...order.shippingAddress, country: 'HK' },
    },
  ],
  [putProduct, { title: 'Mug', prices: [{ currency: 'EUR', amountMinor: 1 }], weightGrams: 1, active: true }],
  [receiveStock, { receiptId: 'r1', location: 'BER', quantity: 1 }],
  [putBackorder, { mode: 'backorder' }],
  [putStockPlan, {}],
  [adjustStock, { adjustmentId: 'a1', location: 'BER', quantity: 1, reason: 'found' }],
  [countStock, { countId: 'c1', location: 'BER', counted: 0 }],
  [moveStock, { moveId: 'm1', from: 'BER', to: 'VIE', quantity: 1 }],
  [putSafetyStock, { units: 0 }],
  [putLocation, { country: 'DE' }],
  [quoteOrder, { currency: 'EUR', lines: [{ sku: 'MUG', quantity: 1 }], shippingAddress: { country: 'DE' } }],
  [putDiscount, { title: 'Ten', on: 'order', basisPoints: 1_000 }],
  [putSetting, { basedOn: 0, reason: 'New rates.' }],
]);

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/** Dotted paths of the optional fields of an object and of the objects in it. */
function optionalFields({ properties = {}, required = [] }: JsonSchema): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => [
    ...(required.includes(name) ? [] : [name]),
    ...optionalFields(schema).map((inner) => `${name}.${inner}`),
  ]);
}

function withValue(body: object, path: string, value: unknown): object {
  const [first = '', ...rest] = path.split('.');
  const inner = (body as Record<string, object>)[first] ?? {};
  return { ...body, [first]: rest.length === 0 ? value : withValue(inner, rest.join('.'), value) };
}

const fields = (schema: z.ZodMiniType) =>
  optionalFields(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema);

const inBodies = routes.flatMap((route) =>
  route.body === undefined ? [] : fields(route.body).map((field) => ({ route: route.operationId, field, of: route })),
);
const inQueries = routes.flatMap((route) =>
  route.query === undefined ? [] : fields(route.query).map((field) => ({ route: route.operationId, field, of: route })),
);

describe('an optional field', () => {
  it('is known in every body and query', () => {
    expect(routes.filter(({ body }) => body !== undefined).every((route) => bodies.has(route))).toBe(true);
    expect(inBodies.map(({ field }) => field)).toEqual(
      expect.arrayContaining(['shippingAddress.line2', 'contact.phone', 'locale', 'note', 'keepUntil', 'priority']),
    );
    expect(inQueries.length).toBeGreaterThanOrEqual(7);
  });

  it.each(inBodies)('$field of $route is left out when it is null or shows nothing', ({ field, of }) => {
    const { body } = of as { body: z.ZodMiniType };
    const either = field === 'basisPoints' ? { amounts: [{ currency: 'EUR', amountMinor: 1 }] } : {};
    // Without an address the order says the country for its taxes.
    const instead = field === 'shippingAddress' ? { country: 'DE' } : {};
    const bare = { ...bodies.get(of), ...either, ...instead };
    const expected = JSON.stringify(body.parse(withValue(bare, field, undefined)));
    for (const value of [null, '', '  ', '\u200b']) {
      expect(JSON.stringify(body.parse(withValue(bare, field, value)))).toBe(expected);
    }
  });

  it.each(inQueries)('$field in the query of $route is left out when it is empty', ({ field, of }) => {
    const { query } = of as { query: z.ZodMiniType };
    expect(query.parse({ [field]: '' })).toEqual({});
  });
});
