import { idempotencyKeyPattern, maxIdempotencyKeyLength as maxLength } from '../../../api/patterns.ts';
import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';

/** Reads the header `Idempotency-Key` in the form that the contract gives it. */
export function readIdempotencyKey(
  headers: Readonly<Record<string, string | undefined>>,
): string | Refusal<'IDEMPOTENCY_KEY_REQUIRED'> {
  const key = headers['idempotency-key'] ?? '';
  const fault = faultOf(key);
  if (fault === undefined) return key;
  return refuse('IDEMPOTENCY_KEY_REQUIRED', `The header Idempotency-Key ${fault}.`, [
    { path: 'headers.idempotency-key', message: `1 to ${maxLength} visible ASCII characters` },
  ]);
}

/** What is wrong with a key, in words that do not repeat it. */
function faultOf(key: string): string | undefined {
  if (key === '') return 'is required';
  if (key.length > maxLength) return `has ${key.length} characters and may have at most ${maxLength}`;
  const at = key.split('').findIndex((character) => !idempotencyKeyPattern.test(character));
  if (at < 0) return undefined;
  const what = key[at] === ' ' ? 'a space' : 'a character other than visible ASCII';
  return `has ${what} at position ${at + 1}`;
}
