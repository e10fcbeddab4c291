import * as z from 'zod/mini';
import { discountCode } from '../../../api/discounts.ts';
import type { Refusal } from '../../shared/kernel/refusal.ts';
import { parseOrRefuse } from '../../shared/parse.ts';

const path = z.object({ code: discountCode });

/** The code of a discount in a request's path, in capitals, or a refusal when it is malformed. */
export function codeInPath(parameters: {
  readonly code: string;
}): { readonly value: string } | Refusal<'VALIDATION_FAILED'> {
  const parsed = parseOrRefuse(path, parameters, 'path');
  return 'refused' in parsed ? parsed : { value: parsed.value.code };
}
