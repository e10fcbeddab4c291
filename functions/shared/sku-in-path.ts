import * as z from 'zod/mini';
import { sku } from '../../api/vocabulary.ts';
import type { Refusal } from './kernel/refusal.ts';
import { parseOrRefuse } from './parse.ts';

const path = z.object({ sku });

/** The SKU that a path names. Nothing is written under a malformed one, and nothing is found under it. */
export function skuInPath(parameters: {
  readonly sku: string;
}): { readonly value: string } | Refusal<'VALIDATION_FAILED'> {
  const parsed = parseOrRefuse(path, parameters, 'path');
  return 'refused' in parsed ? parsed : { value: parsed.value.sku };
}
