import type { JournalEntry } from '../../sharding/index.ts';
import { maxDebits } from './hot-units.ts';
import type { Reservation } from './reservation.ts';

/**
 * Most voided nonces that one order's record holds: those of eight attempts with the most debits. None is ever removed; an
 * order is attempted only a few times.
 */
export const maxVoided = 8 * maxDebits;

/** Whether a reservation binds a debit. */
export function binds(reservation: Reservation | undefined, nonce: string): boolean {
  return reservation?.parts.some((part) => part.nonce === nonce) ?? false;
}

/** The nonces of those entries that the reservations of their orders bind. */
export function boundAmong(
  entries: readonly JournalEntry[],
  reservations: ReadonlyMap<string, Reservation>,
): ReadonlySet<string> {
  return new Set(entries.flatMap(({ nonce, orderId }) => (binds(reservations.get(orderId), nonce) ? nonce : [])));
}
