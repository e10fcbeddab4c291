import { createHash } from 'node:crypto';
import { sku } from '../../../api/vocabulary.ts';

/** Room for the hash behind a shortened code: the longest SKU has 64 characters. */
const keptLength = 50;
const hashLength = 10;

/**
 * The SKU for a code of a file. A code that the API does not take, for its spaces or its length, becomes one that it takes;
 * a hash of the code keeps two such codes apart.
 */
export function skuFrom(code: string): string {
  if (sku.safeParse(code).success) return code;
  const kept = code
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._@-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, keptLength);
  return `${kept === '' ? 'sku' : kept}-${hashOf(code)}`;
}

/** Ten hexadecimal characters that follow from a text. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, hashLength);
}
