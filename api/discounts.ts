import * as z from 'zod/mini';
import { defineRoute } from './define-route.ts';
import { amountMinor, currency, cursor, instant, optional, pageSize, sku, text, withDefault } from './vocabulary.ts';

const maxAmounts = 50;
const maxSkus = 200;
/** The most uses of a discount that are counted. */
const maxUsesCounted = 10_000_000;
const maxBasisPoints = 10_000;
/** Most codes of one order. */
export const maxDiscountCodes = 5;

/** Codes are compared in capitals, as customers type them either way. */
export const discountCode = z
  .string()
  .check(z.trim(), z.toUpperCase(), z.regex(/^[A-Z0-9][A-Z0-9_-]{1,39}$/, 'letters, digits, _ and -, 2 to 40'));

const amounts = z.array(z.strictObject({ currency, amountMinor })).check(
  z.minLength(1),
  z.maxLength(maxAmounts),
  z.refine((all) => new Set(all.map((each) => each.currency)).size === all.length, 'one amount a currency'),
);

export const discountOn = z.enum(['lines', 'order', 'shipping']);

export const putDiscountBody = z
  .strictObject({
    title: text,
    /** Applied to every order that meets the conditions; without it, to orders that give the code. */
    automatic: withDefault(z.boolean(), false),
    active: withDefault(z.boolean(), true),
    on: discountOn,
    /** A share in hundredths of a percent. Either this or `amounts`. */
    basisPoints: optional(z.int().check(z.minimum(1), z.maximum(maxBasisPoints))),
    /** What is taken off, net or with tax as the prices of the market. */
    amounts: optional(amounts),
    /** The SKUs that a discount on lines is for; for another one, those of which the order needs one. */
    skus: optional(
      z.array(sku).check(
        z.minLength(1),
        z.maxLength(maxSkus),
        z.refine((skus) => new Set(skus).size === skus.length, 'each SKU once'),
      ),
    ),
    /** The least value of the goods before discounts. */
    minimum: optional(amounts),
    from: optional(instant),
    /** The first moment at which it is over. */
    until: optional(instant),
    oncePerCustomer: withDefault(z.boolean(), false),
    maxUses: optional(z.int().check(z.minimum(1), z.maximum(maxUsesCounted))),
  })
  .check(
    z.refine(({ basisPoints, amounts: off }) => (basisPoints === undefined) !== (off === undefined), {
      path: ['amounts'],
      error: 'either basisPoints or amounts',
    }),
    z.refine(({ automatic, maxUses }) => !automatic || maxUses === undefined, {
      path: ['maxUses'],
      error: 'a number of uses needs a code',
    }),
    z.refine(({ from, until }) => from === undefined || until === undefined || Date.parse(from) < Date.parse(until), {
      path: ['until'],
      error: 'must be after from',
    }),
  );

export type PutDiscountBody = z.output<typeof putDiscountBody>;

export const discountAmount = z.object({ currency: z.string(), amountMinor: z.int() });

export const discountResource = z.object({
  code: z.string(),
  title: z.string(),
  automatic: z.boolean(),
  active: z.boolean(),
  on: discountOn,
  basisPoints: z.optional(z.int()),
  amounts: z.optional(z.array(discountAmount)),
  skus: z.optional(z.array(z.string())),
  minimum: z.optional(z.array(discountAmount)),
  from: z.optional(z.string()),
  until: z.optional(z.string()),
  oncePerCustomer: z.boolean(),
  maxUses: z.optional(z.int()),
  /** Orders that have a use; absent where uses are not counted. */
  uses: z.optional(z.int()),
});

export type DiscountResource = z.output<typeof discountResource>;

export const discountPage = z.object({ items: z.array(discountResource), nextCursor: z.optional(z.string()) });

export const listDiscounts = defineRoute({
  operationId: 'list-discounts',
  entryPoint: 'pricing/list-discounts',
  method: 'GET',
  path: '/discounts',
  access: ['staff'],
  summary: 'List the discounts by code.',
  throttle: { ratePerSecond: 50, burst: 100 },
  query: z.strictObject({ limit: optional(pageSize), cursor: optional(cursor) }),
  success: { status: 200, body: discountPage },
  refusals: ['INVALID_CURSOR'],
});

export const getDiscount = defineRoute({
  operationId: 'get-discount',
  entryPoint: 'pricing/get-discount',
  method: 'GET',
  path: '/discounts/{code}',
  access: ['staff'],
  summary: 'Get a discount with the number of its uses.',
  throttle: { ratePerSecond: 50, burst: 100 },
  success: { status: 200, body: discountResource },
  refusals: ['NOT_FOUND'],
});

export const putDiscount = defineRoute({
  operationId: 'put-discount',
  entryPoint: 'pricing/put-discount',
  method: 'PUT',
  path: '/discounts/{code}',
  access: ['staff'],
  summary:
    'Create or replace a discount. Prices of placed orders stay; a use that is not reserved yet is judged by the new limit. ' +
    'Takes effect within 10 seconds.',
  throttle: { ratePerSecond: 50, burst: 100 },
  body: putDiscountBody,
  success: { status: 200, body: discountResource },
  refusals: ['TOO_MANY_DISCOUNTS'],
});

export const discountRoutes = [listDiscounts, getDiscount, putDiscount] as const;
