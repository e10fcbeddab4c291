import * as z from 'zod/mini';

/** Limits of a request. Lines: one transaction must hold them. Quantity: more is a typing error. */
export const maxLines = 50;
export const maxQuantity = 10_000;
export const maxBodyBytes = 256 * 1024;
export const maxPageSize = 100;
const maxTextLength = 200;
/** The longest in use have ten characters; the rest is room for spaces. */
const maxPostalCodeLength = 16;
/** Keeps every product of price and quantity an exact integer. */
export const maxPriceMinor = 100_000_000_000;
/** Twelve digits: far above any payment gateway's limit, and low enough for every sum over an order to stay exact. */
export const maxTotalMinor = 999_999_999_999;

/**
 * Neither control characters nor halves of surrogate pairs: no store, label or carrier keeps those as they were sent.
 * The ranges are written out because `/openapi.json` repeats the pattern, and many of its readers know no `\p{Cc}`.
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
/** More units of one SKU in one entry are a typing error. */
export const maxStockQuantity = 100_000_000;
/** The caller's own id of a receipt or another entry of the stock's ledger. */
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

/** RFC 9457. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.optional(z.string()),
  errors: z.optional(z.array(z.object({ path: z.string(), message: z.string() }))),
});
