import type { Allocation } from '../../../../events/vocabulary.ts';
import { untilUncontended } from '../../../shared/kernel/contention.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { closeReservation, isExpired, type ReleaseExtent, releasedBy } from '../domain/reservation.ts';
import { type ChangeDependencies, changeOnce, changeUntilDone } from './change-reservation.ts';

/**
 * Puts the units of a reservation, confirmed or not, back for sale in the shards that they came from. Shipped units
 * stay shipped unless the extent is `everything`. The first request marks the order against late reservations. Where
 * nothing was reserved that is all; where something was, the refused request returns the reservation, which saves a
 * read.
 */
export async function releaseReservation(
  orderId: string,
  extent: ReleaseExtent,
  dependencies: ChangeDependencies,
): Promise<{ readonly released: readonly Allocation[] }> {
  const forbidden = await untilUncontended(dependencies.pace, () => dependencies.reservations.forbid(orderId));
  if (forbidden.outcome === 'done') return { released: [] };
  const closed = await changeUntilDone(forbidden.reservation, dependencies, (reservation) =>
    reservation === undefined ? undefined : closeReservation(reservation, 'RELEASED', extent),
  );
  return { released: closed === undefined ? [] : releasedBy(closed) };
}

/**
 * Gives a hold's units back if it has expired. Returns false when there is no such hold, or it was confirmed or closed.
 * Only tidies up: the expiry itself takes effect without any process.
 */
export async function expireHold(orderId: string, now: Instant, dependencies: ChangeDependencies): Promise<boolean> {
  const reservation = await dependencies.reservations.find(orderId);
  if (reservation === undefined || !isExpired(reservation, now)) return false;
  const change = closeReservation(reservation, 'EXPIRED');
  if (change === undefined || (await changeOnce(reservation, change, dependencies)).outcome !== 'done') return false;
  await changeUntilDone(change.after, dependencies, (current) => current && closeReservation(current, 'EXPIRED'));
  return true;
}
