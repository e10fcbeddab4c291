/*
 * The form of ids and headers. Functions compare texts with these patterns, and `vocabulary.ts` makes schemas of them. This file
 * imports nothing, so a function that only compares does not load the schemas.
 */

export const orderIdPattern = /^ord_[0-9A-HJKMNP-TV-Z]{26}$/;
export const shipmentIdPattern = /^shp_[0-9A-HJKMNP-TV-Z]{26}$/;

/** The header `X-Correlation-Id`. */
export const correlationIdPattern = /^[A-Za-z0-9_-]{8,64}$/;
/** The header `traceparent` of W3C Trace Context. */
export const traceparentPattern = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The header `Idempotency-Key`: visible ASCII characters. */
export const idempotencyKeyPattern = /^[\x21-\x7e]+$/;
/** Longer keys do not fit into the key of an idempotency record with everything else. */
export const maxIdempotencyKeyLength = 255;
