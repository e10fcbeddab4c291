import * as z from 'zod/mini';
import { countryCodes, currencyCodes } from './iso-codes.ts';
import {
  correlationIdPattern,
  idempotencyKeyPattern,
  maxIdempotencyKeyLength,
  orderIdPattern,
  shipmentIdPattern,
  traceparentPattern,
} from './patterns.ts';

/**
 * Most lines of an order. The log item, the event on the bus, the reservation and the state of a saga of such an order
 * stay within their services' limits.
 */
export const maxLines = 500;
/** Most units of an order line; more is taken for a typing error. */
export const maxQuantity = 10_000;
export const maxBodyBytes = 256 * 1024;
const maxPageSize = 100;
const maxTextLength = 200;
/** The longest postal codes have ten characters; the rest is room for spaces. */
const maxPostalCodeLength = 16;
/** Most minor units of a price, so that every product of price and quantity is an exact integer. */
const maxPriceMinor = 100_000_000_000;
/** Most minor units of an order: far above any payment gateway's limit, and low enough for exact sums over an order. */
export const maxTotalMinor = 999_999_999_999;

/** Text that shows nothing: spaces, and characters that no font draws, such as a zero-width space or a Hangul filler. */
const nothingVisible = /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

const empty = 'must not be empty';

/**
 * Text without control characters, unpaired surrogates and replacement characters. Stores, labels and carriers do not
 * preserve the first two; a replacement character stands for text that was lost before it arrived. The ranges are written
 * out because `/openapi.json` repeats the pattern, and many of its readers do not support `\p{Cc}`.
 */
const printable = [
  z.refine<string>((value) => value === '' || !nothingVisible.test(value), empty),
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
  z.regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, 'no control characters'),
  z.refine<string>((value) => value.isWellFormed(), 'no halves of surrogate pairs'),
  z.refine<string>((value) => !value.includes('\ufffd'), 'no replacement characters'),
] as const;

/** Turns what stands for a field that was left out, null or text that shows nothing, into undefined. */
const unlessLeftOut = z.transform((value: unknown): unknown =>
  value === null || (typeof value === 'string' && nothingVisible.test(value)) ? undefined : value,
);

/** A field that may be left out. `null` and text that shows nothing are the field left out. */
export function optional<S extends z.ZodMiniType>(schema: S) {
  return z.optional(z.pipe(unlessLeftOut, z.optional(schema)));
}

/** A field with a default, which it also has when it is `null` or shows nothing. */
export function withDefault<S extends z.ZodMiniType>(schema: S, value: z.input<S>) {
  return z.prefault(z.pipe(unlessLeftOut, z.prefault(schema, value)), value);
}

export const text = z.string().check(z.trim(), z.minLength(1, empty), z.maxLength(maxTextLength), ...printable);
export const postalCode = z
  .string()
  .check(z.trim(), z.minLength(1, empty), z.maxLength(maxPostalCodeLength), ...printable);
export const sku = z
  .string()
  .check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, 'letters, digits and . _ @ -, at most 64'));
export const location = z
  .string()
  .check(z.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, 'letters, digits, - and _, at most 32'));
export const orderId = z.string().check(z.regex(orderIdPattern));
export const shipmentId = z.string().check(z.regex(shipmentIdPattern));
/** Most units of one stock entry; more are taken for a typing error. */
export const maxStockQuantity = 100_000_000;
/** The id of a receipt or another entry of the stock ledger, chosen by the caller. */
export const ledgerId = z
  .string()
  .check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/, 'letters, digits and . _ : -, at most 100'));
export const currency = z.string().check(z.regex(oneOf(currencyCodes), 'an ISO 4217 code such as EUR'));
export const country = z.string().check(z.regex(oneOf(countryCodes), 'an ISO 3166-1 alpha-2 code such as DE'));
export const quantity = z.int().check(z.minimum(1), z.maximum(maxQuantity));
export const amountMinor = z.int().check(z.minimum(0), z.maximum(maxPriceMinor));
export const totalMinor = z.int().check(z.minimum(0), z.maximum(maxTotalMinor));
/** A moment of ISO 8601, in UTC or with an offset. */
export const instant = z.iso.datetime({ offset: true });

/** An instant in a query, where the `+` of an offset means a space unless it is encoded. */
export const instantInQuery = z.pipe(
  z.transform(
    (value: unknown) => (typeof value === 'string' ? value.replace(/ (\d\d:\d\d)$/, '+$1') : value) as string,
  ),
  instant,
);

/** An integer in a query: digits, with or without a sign, and no other notation of a number. */
function integerInQuery(least: number, most: number) {
  const digits = z.string().check(z.regex(/^-?\d{1,15}$/, 'must be an integer'));
  return z.pipe(digits, z.pipe(z.transform(Number), z.int().check(z.minimum(least), z.maximum(most))));
}

export const pageSize = integerInQuery(1, maxPageSize);
export const cursor = z.string().check(z.minLength(1), z.maxLength(1_000));

export const idempotencyKey = z
  .string()
  .check(z.minLength(1), z.maxLength(maxIdempotencyKeyLength), z.regex(idempotencyKeyPattern));
export const correlationId = z.string().check(z.regex(correlationIdPattern));
export const traceparent = z.string().check(z.regex(traceparentPattern));

/** A field at fault: its path, such as `lines.0.sku` or `query.limit`, and what is wrong with it. */
export const fieldError = z.object({ path: z.string(), message: z.string() });

/** A problem document of RFC 9457. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.optional(z.string()),
  errors: z.optional(z.array(fieldError)),
});

/** An answer of API Gateway itself, which is not a problem document. */
export const gatewayError = z.object({ message: z.string() });

function oneOf(codes: readonly string[]): RegExp {
  return new RegExp(`^(?:${codes.join('|')})$`);
}
