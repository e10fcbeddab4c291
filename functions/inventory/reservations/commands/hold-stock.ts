import { backOff } from '../../../shared/kernel/backoff.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { newestSnapshots } from '../../availability/index.ts';
import { knownPlans, type SkuPlan, shardsOf } from '../../sharding/index.ts';
import { type AllocationChoice, allocate, unitsWanted } from '../../sourcing/index.ts';
import { answerReserve, heldBy, newHold } from '../domain/reservation.ts';
import { outOfStock, type ReserveAnswer, type StockRequest } from '../domain/stock-request.ts';
import { holdByJournal } from './hold-by-journal.ts';
import { readStock } from './read-stock.ts';
import type { ReserveDependencies } from './reserve-dependencies.ts';

/**
 * Attempts to write one reservation. A shard that a transaction holds is free again after some milliseconds, and the
 * pauses before twelve attempts add up to about a second and a half: the step's own retry takes over from there.
 */
const maxAttempts = 12;
/** Attempts by counts last seen, before all shards are read. */
const maxProbes = 2;
/** Up to here reading every shard costs less than one more failed transaction: four write units, each at the price of five read units. */
const cheapRead = 20;

/** No counts are trusted: all shards are read before the next attempt. */
const readFirst: AllocationChoice = { insufficient: [] };

/**
 * Holds all lines of an order or none; repeated, it has the first answer. An order with a hot SKU among its lines takes
 * path J; its cold lines go along. A cached plan may be outdated: either path is right for any SKU, it is only slower.
 *
 * @throws TransientFault when the shards were contended at every attempt; nothing is held then.
 * @throws RangeError for a quantity that is not a whole number from 1 on.
 */
export async function holdStock(
  request: StockRequest,
  now: Instant,
  dependencies: ReserveDependencies,
): Promise<ReserveAnswer> {
  const wanted = unitsWanted(request.lines);
  const { plans, wasUnknown } = await knownPlans([...wanted.keys()], dependencies);
  const hot = plans.filter(({ path }) => path === 'J');
  if (hot.length === 0) return holdByTransaction(request, wanted, now, plans, dependencies);
  // Near sell-out most processes are new: without this each would try a shard that is long empty.
  const unknown = hot.filter(({ sku }) => wasUnknown.has(sku));
  if (unknown.length > 0) await newestSnapshots(unknown, true, dependencies);
  return holdByJournal(request, wanted, now, plans, dependencies);
}

/**
 * Path T: the reservation and the debits of all its shards in one transaction. The first attempt trusts the counts last
 * seen; one that fails says which shard was insufficient and what is left there; when that does not lead anywhere, every
 * shard of the order's SKUs is read and the units are allocated from what is there.
 */
async function holdByTransaction(
  request: StockRequest,
  wanted: ReadonlyMap<string, number>,
  now: Instant,
  known: readonly SkuPlan[],
  dependencies: ReserveDependencies,
): Promise<ReserveAnswer> {
  const { reservations, counts, home, pace, contention } = dependencies;
  const { orderId, lines } = request;
  const denied = counts.denied(wanted);
  if (denied.length > 0) {
    const reservation = await reservations.find(orderId);
    return reservation === undefined ? outOfStock(denied) : answerReserve(reservation, now);
  }
  // An eventually consistent read may miss a plan that was written a moment ago: one more is cheaper than reading all shards.
  let plans = known.length === wanted.size ? known : (await knownPlans([...wanted.keys()], dependencies)).plans;
  let choice = allocate(lines, counts.view(plans), home.index, request);
  let failures = 0;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    if ('insufficient' in choice) {
      const found = await readStock(orderId, [...wanted.keys()], dependencies);
      if (found.reservation !== undefined) return answerReserve(found.reservation, now);
      plans = found.plans;
      choice = allocate(lines, found.view, home.index, request);
      if ('insufficient' in choice) {
        counts.deny(choice.insufficient);
        return outOfStock(choice.insufficient);
      }
    }
    const reservation = newHold(request, choice);
    const result = await reservations.hold(reservation);
    switch (result.outcome) {
      case 'held':
        counts.learnDebits(choice.parts);
        return heldBy(reservation);
      case 'exists':
        return answerReserve(result.reservation, now);
      case 'insufficient':
        failures += 1;
        counts.learn(result.shards);
        break;
      case 'contended':
        home.move();
        await contention.met(result.shards ?? choice.parts, now);
        await backOff(attempt, pace);
    }
    choice = mustRead(failures, plans) ? readFirst : allocate(lines, counts.view(plans), home.index, request);
  }
  throw new TransientFault(`order ${orderId}: others were faster ${maxAttempts} times`);
}

function mustRead(failures: number, plans: readonly SkuPlan[]): boolean {
  if (failures === 0) return false;
  return failures > maxProbes || plans.flatMap(shardsOf).length <= cheapRead;
}
