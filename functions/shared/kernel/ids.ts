import { createHash } from 'node:crypto';

/** Crockford's base 32, the alphabet of ULIDs. */
export const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ulidLength = 26;

/**
 * An id of the form `prefix_` + 26 characters that depends only on its parts. A step that runs a second time gets the same
 * id, so its effects can be repeated safely. The characters have the syntax of a ULID, but the first ten are not a time.
 */
export function deriveId(prefix: string, ...parts: readonly string[]): string {
  const digest = createHash('sha256').update(parts.join('\u0000')).digest();
  let bits = digest.readBigUInt64BE(0) * 2n ** 64n + digest.readBigUInt64BE(8);
  let text = '';
  for (let position = 0; position < ulidLength; position++) {
    text = alphabet[Number(bits & 31n)] + text;
    bits >>= 5n;
  }
  return `${prefix}_${text}`;
}

/**
 * The bucket of a customer: the first 15 bits of the SHA-256 of the customer's id, as three characters. All orders of a
 * customer begin with it, so a request for an order can be sent to the cell of its customer by the order's id alone.
 */
export function bucketOfCustomer(customerId: string): string {
  const bits = createHash('sha256').update(customerId).digest().readUInt16BE(0) >> 1;
  return [bits >> 10, (bits >> 5) & 31, bits & 31].map((each) => alphabet[each]).join('');
}

/**
 * The order id for a customer's idempotency key: the customer's bucket, then 23 characters that follow from both. A repeated
 * request gets the same id.
 */
export function orderIdFor(customerId: string, idempotencyKey: string): string {
  const bucket = bucketOfCustomer(customerId);
  const [prefix, rest = ''] = deriveId('ord', customerId, idempotencyKey).split('_');
  return `${prefix}_${bucket}${rest.slice(bucket.length)}`;
}

/** The id of an order's shipment from a location. An order has at most one shipment from each location. */
export function shipmentIdFor(orderId: string, location: string): string {
  return deriveId('shp', orderId, location);
}
