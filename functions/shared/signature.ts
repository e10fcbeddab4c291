import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Instant } from './kernel/time.ts';

/** A signed message whose time differs by more than this is refused, because it may be a replay. Stripe's default. */
export const signatureToleranceSeconds = 300;

export function hmacSha256Hex(secret: string, message: string): string {
  return createHmac('sha256', secret).update(message, 'utf8').digest('hex');
}

/** Compares in a time that depends only on the lengths, so that a signature cannot be guessed digit by digit. */
export function equalInConstantTime(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8')];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** True within the tolerance of `now`. @param signedAtMs milliseconds since 1970; NaN is never fresh. */
export function isFresh(signedAtMs: number, now: Instant): boolean {
  return Math.abs(Date.parse(now) - signedAtMs) <= signatureToleranceSeconds * 1000;
}
