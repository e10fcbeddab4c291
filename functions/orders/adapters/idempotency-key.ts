import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';

/** Longer keys would not fit into the key of an idempotency record with everything else. */
const maxLength = 255;

/** The header `Idempotency-Key`: 1 to 255 visible ASCII characters. */
export function readIdempotencyKey(
  headers: Readonly<Record<string, string | undefined>>,
): string | Refusal<'IDEMPOTENCY_KEY_REQUIRED'> {
  const key = headers['idempotency-key'] ?? '';
  const fault = faultOf(key);
  if (fault === undefined) return key;
  return refuse('IDEMPOTENCY_KEY_REQUIRED', `The header Idempotency-Key ${fault}.`, [
    { path: 'headers.idempotency-key', message: '1 to 255 visible ASCII characters' },
  ]);
}

/** What is wrong with a key, in words that do not repeat it. */
function faultOf(key: string): string | undefined {
  if (key === '') return 'is required';
  if (key.length > maxLength) return `has ${key.length} characters and may have at most ${maxLength}`;
  const at = key.search(/[^\x21-\x7e]/);
  if (at < 0) return undefined;
  const what = key[at] === ' ' ? 'a space' : 'a character other than visible ASCII';
  return `has ${what} at position ${at + 1}`;
}
