import * as z from 'zod/mini';

/** Most lines of an order: one transaction must contain them. */
export const maxLines = 50;
/** Most units of an order line; more is taken for a typing error. */
export const maxQuantity = 10_000;
export const maxBodyBytes = 256 * 1024;
export const maxPageSize = 100;
const maxTextLength = 200;
/** The longest postal codes have ten characters; the rest is room for spaces. */
const maxPostalCodeLength = 16;
/** Most minor units of a price, so that every product of price and quantity is an exact integer. */
export const maxPriceMinor = 100_000_000_000;
/** Most minor units of an order: far above any payment gateway's limit, and low enough for exact sums over an order. */
export const maxTotalMinor = 999_999_999_999;

/**
 * Text without control characters and unpaired surrogates, which stores, labels and carriers do not preserve. The ranges are
 * written out because `/openapi.json` repeats the pattern, and many of its readers do not support `\p{Cc}`.
 */
const printable = [
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
  z.regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, 'no control characters'),
  z.refine<string>((value) => value.isWellFormed(), 'no halves of surrogate pairs'),
] as const;

export const text = z.string().check(z.trim(), z.minLength(1), z.maxLength(maxTextLength), ...printable);
export const postalCode = z.string().check(z.trim(), z.minLength(1), z.maxLength(maxPostalCodeLength), ...printable);
export const sku = z
  .string()
  .check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, 'letters, digits and . _ @ -, at most 64'));
export const location = z
  .string()
  .check(z.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, 'letters, digits, - and _, at most 32'));
/** Most units of one stock entry; more are taken for a typing error. */
export const maxStockQuantity = 100_000_000;
/** The id of a receipt or another entry of the stock ledger, chosen by the caller. */
export const ledgerId = z
  .string()
  .check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/, 'letters, digits and . _ : -, at most 100'));
export const currency = z.string().check(z.regex(/^[A-Z]{3}$/, 'an ISO 4217 code such as EUR'));
export const country = z.string().check(z.regex(/^[A-Z]{2}$/, 'an ISO 3166-1 alpha-2 code such as DE'));
export const quantity = z.int().check(z.minimum(1), z.maximum(maxQuantity));
export const amountMinor = z.int().check(z.minimum(0), z.maximum(maxPriceMinor));
export const totalMinor = z.int().check(z.minimum(0), z.maximum(maxTotalMinor));
export const instant = z.iso.datetime();
export const cursor = z.string().check(z.minLength(1), z.maxLength(1_000));

/** A problem document of RFC 9457. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.optional(z.string()),
  errors: z.optional(z.array(z.object({ path: z.string(), message: z.string() }))),
});
