import type { Pace } from '../../../shared/kernel/backoff.ts';
import { untilUncontended } from '../../../shared/kernel/contention.ts';
import type { Refusal } from '../../../shared/kernel/refusal.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { answerConfirm } from '../domain/reservation.ts';
import type { HoldConfirmation } from './reservation-store.ts';

/**
 * Makes an order's hold permanent. Takes one plain update when the hold is live. Refused from the millisecond of its
 * expiry on.
 *
 * @throws TransientFault when the reservation was contended at every attempt.
 */
export async function confirmReservation(
  orderId: string,
  now: Instant,
  { holds, pace }: { readonly holds: HoldConfirmation; readonly pace: Pace },
): Promise<{ readonly confirmed: true } | Refusal<'HOLD_EXPIRED' | 'RESERVATION_CLOSED'>> {
  const result = await untilUncontended(pace, () => holds.confirm(orderId, now));
  return result.outcome === 'done' ? { confirmed: true } : answerConfirm(result.reservation, orderId, now);
}
