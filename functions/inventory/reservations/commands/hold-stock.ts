import { backOff } from '../../../shared/kernel/backoff.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { newestSnapshots } from '../../availability/index.ts';
import {
  fitsOneWrite,
  gatherUnits,
  knownPlans,
  repairOldEntries,
  type SkuPlan,
  shardsOf,
} from '../../sharding/index.ts';
import { type AllocationChoice, allocate, unitsWanted } from '../../sourcing/index.ts';
import { answerReserve, heldBy, newHold } from '../domain/reservation.ts';
import { outOfStock, type ReserveAnswer, type StockRequest } from '../domain/stock-request.ts';
import { holdByJournal } from './hold-by-journal.ts';
import { holdLargeOrder } from './hold-large-order.ts';
import { readStock } from './read-stock.ts';
import type { ReserveDependencies } from './reserve-dependencies.ts';

/**
 * Attempts to write one reservation. A shard that a transaction holds is free again after some milliseconds, and the
 * pauses before twelve attempts add up to about a second and a half. After that the saga step's own retry takes over.
 */
const maxAttempts = 12;
/** Failed attempts with the counts last seen before all shards are read. */
const maxProbes = 2;
/**
 * Up to this number of shards, reading all of them costs less than another failed transaction: that is four write
 * units, each at the price of five read units.
 */
const cheapRead = 20;

/** No counts are trusted: all shards are read before the next attempt. */
const readFirst: AllocationChoice = { insufficient: [] };

/**
 * Holds all lines of an order or none. A repeated request gets the first answer. An order with a hot SKU among its
 * lines takes path J for all its lines, and one whose units are in too many shards for one write is held by
 * {@link holdLargeOrder}. A cached plan may be outdated: either path is correct for any SKU, only slower
 * for some.
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
  // Near sell-out most processes are new. Without this, each of them would debit a shard that has been empty for long.
  const unknown = hot.filter(({ sku }) => wasUnknown.has(sku));
  if (unknown.length > 0) await newestSnapshots(unknown, true, dependencies);
  return holdByJournal(request, wanted, now, plans, dependencies);
}

/**
 * Path T: one transaction writes the reservation and debits all its shards. The first attempt relies on the counts last
 * seen. A failed attempt returns the shards that had too little, with what is left there. When such attempts keep
 * failing, every shard of the order's SKUs is read, and the units are allocated from what was found.
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
  // An eventually consistent read may miss a plan that was written a moment ago. One more such read is cheaper than
  // reading all shards.
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
        // A large order may have left debits of cold SKUs when its process ended.
        if ((await repairOldEntries(found.shards, dependencies)).repairedCount > 0) continue;
        counts.deny(choice.insufficient);
        return outOfStock(choice.insufficient);
      }
    }
    if (!fitsOneWrite(choice.parts)) {
      const isGathered = await gatherUnits(choice.parts, dependencies);
      if (!isGathered) return holdLargeOrder(request, [...wanted.keys()], now, dependencies);
      choice = readFirst;
      continue;
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
  throw new TransientFault(`order ${orderId}: the shards were contended or taken by others at ${maxAttempts} attempts`);
}

function mustRead(failures: number, plans: readonly SkuPlan[]): boolean {
  if (failures === 0) return false;
  return failures > maxProbes || plans.flatMap(shardsOf).length <= cheapRead;
}
