import { TransientFault } from '../../../shared/kernel/faults.ts';
import type { Refusal } from '../../../shared/kernel/refusal.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { untilUncontended } from '../../../shared/kernel/until-uncontended.ts';
import type { ChangeOutcome, Contended } from '../../sharding/commands/stock-table.ts';
import { maxDetours } from '../../sharding/commands/undo-debit.ts';
import { aroundClosed } from '../../sharding/domain/closed-shards.ts';
import {
  answerConfirm,
  type Change,
  closeReservation,
  isExpired,
  type Reservation,
  releasedBy,
  shipParts,
} from '../domain/reservation.ts';
import type { Allocation, ReleaseExtent, Shipment } from '../domain/stock-store.ts';
import type { Surroundings } from './survey-stock.ts';

/** Times a change is decided anew because the reservation changed meanwhile. It has few changes in its whole life. */
const maxDecisions = 5;

/** One plain update when all is well. */
export async function confirmReservation(
  orderId: string,
  now: Instant,
  { table, pace }: Surroundings,
): Promise<{ readonly confirmed: true } | Refusal<'HOLD_EXPIRED' | 'RESERVATION_CLOSED'>> {
  const result = await untilUncontended(pace, () => table.confirm(orderId, now));
  return result.outcome === 'done' ? { confirmed: true } : answerConfirm(result.reservation, orderId, now);
}

/**
 * Begins with the mark against late reservations: where nothing was reserved that is all, and where something was, its
 * refusal says what, without a read.
 */
export async function releaseReservation(
  orderId: string,
  around: Surroundings,
  extent: ReleaseExtent = 'unshipped',
): Promise<{ readonly released: readonly Allocation[] }> {
  const forbidden = await untilUncontended(around.pace, () => around.table.forbid(orderId));
  if (forbidden.outcome === 'done') return { released: [] };
  const settled = await changeUntilDone(forbidden.reservation, around, (reservation) =>
    reservation === undefined ? undefined : closeReservation(reservation, 'RELEASED', extent),
  );
  return { released: settled === undefined ? [] : releasedBy(settled) };
}

/** @throws Error when the reservation is not confirmed or holds other units than the shipment. */
export async function commitShipment(shipment: Shipment, around: Surroundings): Promise<{ readonly committed: true }> {
  const { reservation } = await around.table.read({ orderId: shipment.orderId }, 'latest');
  await changeUntilDone(reservation, around, (current) => shipParts(current, shipment));
  return { committed: true };
}

/** Releases a hold if its time is over; false when there is none or it turned out to be settled otherwise. */
export async function expireHold(orderId: string, now: Instant, around: Surroundings): Promise<boolean> {
  const { reservation } = await around.table.read({ orderId }, 'latest');
  return reservation !== undefined && expireReservation(reservation, now, around);
}

export async function expireReservation(
  reservation: Reservation,
  now: Instant,
  around: Surroundings,
): Promise<boolean> {
  const change = isExpired(reservation, now) ? closeReservation(reservation, 'EXPIRED') : undefined;
  if (change === undefined) return false;
  const result = await changeOnce(reservation, change, around);
  return result.outcome === 'done';
}

/** Decides and writes, again when the reservation changed between the two. Gives the reservation as it is in the end. */
async function changeUntilDone(
  first: Reservation | undefined,
  around: Surroundings,
  decide: (current: Reservation | undefined) => Change | undefined,
): Promise<Reservation | undefined> {
  let current = first;
  for (let round = 0; round < maxDecisions; round++) {
    const change = decide(current);
    if (change === undefined || current === undefined) return current;
    const result = await changeOnce(current, change, around);
    if (result.outcome === 'done') return change.after;
    current = result.reservation;
  }
  throw new TransientFault(`order ${first?.orderId}: the reservation changed ${maxDecisions} times meanwhile`);
}

/** Writes a change; units of shards that are closed meanwhile go to those that take their place. */
async function changeOnce(
  before: Reservation,
  change: Change,
  { table, memory, pace }: Surroundings,
): Promise<Exclude<ChangeOutcome, Contended>> {
  let units = change.units;
  for (let detour = 0; detour < maxDetours; detour++) {
    const result = await untilUncontended(pace, () => table.change(before, { ...change, units }));
    if (result.outcome !== 'closed') {
      if (result.outcome === 'done' && change.kind === 'release') memory.forget(units);
      return result;
    }
    units = units.map((each) => aroundClosed(each, result.shards));
  }
  throw new TransientFault(`order ${before.orderId}: shards were closing at every one of ${maxDetours} attempts`);
}
