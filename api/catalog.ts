import * as z from 'zod/mini';
import { defineRoute } from './define-route.ts';
import { amountMinor, currency, cursor, optional, pageSize, text, withDefault } from './vocabulary.ts';

const maxPrices = 50;
const maxWeightGrams = 1_000_000;

export const price = z.strictObject({ currency, amountMinor });

export const taxCategory = z.enum(['standard', 'reduced', 'zero']);

export const putProductBody = z.strictObject({
  title: text,
  prices: z.array(price).check(
    z.minLength(1),
    z.maxLength(maxPrices),
    z.refine((prices) => new Set(prices.map((each) => each.currency)).size === prices.length, 'one price a currency'),
  ),
  weightGrams: z.int().check(z.minimum(0), z.maximum(maxWeightGrams)),
  taxCategory: withDefault(taxCategory, 'standard'),
  /** True: the product needs no shipping and no stock, such as a download. */
  digital: withDefault(z.boolean(), false),
  active: z.boolean(),
});

export type PutProductBody = z.output<typeof putProductBody>;

/** A price as it was stored: earlier versions accepted other currencies. */
export const priceResource = z.object({ currency: z.string(), amountMinor: z.int() });

export const availability = z.enum(['in_stock', 'low', 'backorder', 'preorder', 'out_of_stock']);

export const productResource = z.object({
  sku: z.string(),
  title: z.string(),
  prices: z.array(priceResource),
  weightGrams: z.int(),
  taxCategory: z.string(),
  digital: z.boolean(),
  active: z.boolean(),
  availability,
});

export const productPage = z.object({ items: z.array(productResource), nextCursor: z.optional(z.string()) });

export const listProducts = defineRoute({
  operationId: 'list-products',
  entryPoint: 'catalog/list-products',
  method: 'GET',
  path: '/catalog',
  access: 'public',
  summary: 'List the products for sale, in no particular order. A short page is not always the last.',
  throttle: { ratePerSecond: 500, burst: 1_000 },
  query: z.strictObject({
    limit: optional(pageSize),
    cursor: optional(cursor),
  }),
  success: { status: 200, body: productPage },
  refusals: ['INVALID_CURSOR'],
});

export const getProduct = defineRoute({
  operationId: 'get-product',
  entryPoint: 'catalog/get-product',
  method: 'GET',
  path: '/catalog/{sku}',
  access: 'public',
  summary: 'Get a product with its prices and availability.',
  throttle: { ratePerSecond: 1_000, burst: 2_000 },
  success: { status: 200, body: productResource },
  refusals: ['NOT_FOUND'],
});

export const putProduct = defineRoute({
  operationId: 'put-product',
  entryPoint: 'catalog/put-product',
  method: 'PUT',
  path: '/catalog/{sku}',
  access: ['staff'],
  summary: 'Create or replace a product.',
  throttle: { ratePerSecond: 500, burst: 1_000 },
  body: putProductBody,
  success: { status: 200, body: productResource },
  refusals: [],
});

export const catalogRoutes = [listProducts, getProduct, putProduct] as const;
