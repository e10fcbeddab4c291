import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';

const keyPattern = /^[\x21-\x7e]{1,255}$/;

/** The header `Idempotency-Key`: 1 to 255 visible ASCII characters. */
export function readIdempotencyKey(
  headers: Readonly<Record<string, string | undefined>>,
): string | Refusal<'IDEMPOTENCY_KEY_REQUIRED'> {
  const key = headers['idempotency-key'] ?? '';
  if (keyPattern.test(key)) return key;
  return refuse('IDEMPOTENCY_KEY_REQUIRED', 'The header Idempotency-Key is required.', [
    { path: 'headers.idempotency-key', message: '1 to 255 visible ASCII characters' },
  ]);
}
