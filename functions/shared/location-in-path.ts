import * as z from 'zod/mini';
import { location } from '../../api/vocabulary.ts';
import type { Refusal } from './kernel/refusal.ts';
import { parseOrRefuse } from './parse.ts';

const path = z.object({ location });

/** The location in a request's path, or a refusal when it is malformed. */
export function locationInPath(parameters: {
  readonly location: string;
}): { readonly value: string } | Refusal<'VALIDATION_FAILED'> {
  const parsed = parseOrRefuse(path, parameters, 'path');
  return 'refused' in parsed ? parsed : { value: parsed.value.location };
}
