import type { Pace } from '../../../shared/kernel/backoff.ts';
import { type Contended, untilUncontended } from '../../../shared/kernel/contention.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import { fitsOneWrite, maxRedirects, type ReservedUnits, redirected, withOneTarget } from '../../sharding/index.ts';
import type { Change, Reservation } from '../domain/reservation.ts';
import type { ChangeOutcome, ReservationStore } from './reservation-store.ts';

/** Attempts at a change that another request comes before. A reservation has few changes in its whole life. */
const maxConflicts = 5;

export interface ChangeDependencies {
  readonly reservations: Pick<ReservationStore, 'find' | 'forbid' | 'change'>;
  readonly pace: Pace;
}

/**
 * Decides on a change and writes it, until there is none left: a large order takes several. Each is decided on the newest
 * reservation, so that a caller continues what an interrupted one has begun.
 *
 * @param decide returns the next change; undefined when there is nothing to do.
 * @returns the reservation afterwards.
 * @throws TransientFault when other requests changed the reservation before each of {@link maxConflicts} changes.
 */
export async function changeUntilDone(
  first: Reservation | undefined,
  dependencies: ChangeDependencies,
  decide: (current: Reservation | undefined) => Change | undefined,
): Promise<Reservation | undefined> {
  let current = first;
  for (let conflicts = 0; conflicts < maxConflicts; ) {
    const change = decide(current);
    if (change === undefined || current === undefined) return current;
    const result = await changeOnce(current, change, dependencies);
    if (result.outcome === 'done') current = change.after;
    else {
      current = result.reservation;
      conflicts += 1;
    }
  }
  throw new TransientFault(`order ${first?.orderId}: the reservation changed ${maxConflicts} times meanwhile`);
}

/** Writes a change. Units whose shards were closed meanwhile go to the shards that take their place. */
export async function changeOnce(
  before: Reservation,
  change: Change,
  { reservations, pace }: ChangeDependencies,
): Promise<Exclude<ChangeOutcome, Contended>> {
  let units = change.units;
  for (let redirects = 0; redirects < maxRedirects; redirects++) {
    const result = await untilUncontended(pace, () => reservations.change(before, { ...change, units }));
    if (result.outcome !== 'closed') return result;
    const open = units.map((each) => redirected(each, result.shards));
    units = fitsOneWrite([...open, ...targetsOf(open)]) ? open : withOneTarget(open);
  }
  throw new TransientFault(`order ${before.orderId}: shards were closing at every one of ${maxRedirects} attempts`);
}

/** The shards that get units in place of closed ones. */
function targetsOf(units: readonly ReservedUnits[]) {
  return units.flatMap(({ location, sku, creditTo }) =>
    creditTo === undefined ? [] : [{ location, sku, shard: creditTo }],
  );
}
