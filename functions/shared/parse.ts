import * as z from 'zod/mini';
import { counted } from './kernel/counted.ts';
import type { FieldError, Refusal } from './kernel/refusal.ts';
import { refuse } from './kernel/refusal.ts';

/** Most field errors in one answer; further errors are left out. */
const maxFieldErrors = 50;

function fieldErrors(issues: readonly z.core.$ZodIssue[], root: string): FieldError[] {
  return issues
    .flatMap((issue) => {
      const path = [root, ...issue.path.map(String)].filter((part) => part !== '').join('.');
      if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
      return issue.keys.map((key) => ({ path: path === '' ? key : `${path}.${key}`, message: 'unknown field' }));
    })
    .slice(0, maxFieldErrors);
}

/**
 * Parses a value from outside the system.
 *
 * @param root put before the paths of the errors: `query`, `path`, `headers`, or nothing for the body.
 * @returns the parsed value, or a refusal that lists the fields at fault.
 */
export function parseOrRefuse<S extends z.ZodMiniType>(
  schema: S,
  value: unknown,
  root = '',
): { readonly value: z.output<S> } | Refusal<'VALIDATION_FAILED'> {
  const parsed = z.safeParse(schema, value, { error: englishMessage });
  if (parsed.success) return { value: parsed.data };
  return refuse('VALIDATION_FAILED', 'The request is not valid.', fieldErrors(parsed.error.issues, root));
}

/**
 * The message of a parse error. zod/mini ships no messages; its locale files would be larger than the checks
 * themselves.
 */
function englishMessage(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'required' : `must be ${article(issue.expected)}`;
    case 'too_small':
      return atBound('at least', issue.minimum, issue.origin);
    case 'too_big':
      return atBound('at most', issue.maximum, issue.origin);
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      return `must be a valid ${issue.format}`;
    default:
      return 'invalid';
  }
}

function article(type: string): string {
  const noun = type === 'int' ? 'integer' : type;
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** `must be at most 5`, `must have at most 5 characters`, `must have at least 1 item`. */
function atBound(bound: string, limit: number | bigint, origin: string): string {
  const unit = { string: 'character', array: 'item' }[origin];
  return unit === undefined ? `must be ${bound} ${limit}` : `must have ${bound} ${counted(Number(limit), unit)}`;
}
