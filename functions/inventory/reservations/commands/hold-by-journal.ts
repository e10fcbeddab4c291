import { backOff } from '../../../shared/kernel/backoff.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { showsReturns } from '../../availability/index.ts';
import { gatherUnits, type SkuPlan } from '../../sharding/index.ts';
import { allocate } from '../../sourcing/index.ts';
import { isReservable, maxDebits } from '../domain/hot-units.ts';
import { answerReserve, heldBy } from '../domain/reservation.ts';
import type { ReserveAnswer, StockRequest } from '../domain/stock-request.ts';
import { debitAndBind } from './debit-and-bind.ts';
import { type Finding, findStock } from './find-stock.ts';
import { holdLargeOrder } from './hold-large-order.ts';
import type { ReserveDependencies } from './reserve-dependencies.ts';

/**
 * Attempts to hold one order. Each takes units that a read or a count has shown, and other processes may take them
 * first.
 */
const maxAttempts = 12;
/** Contended debits after which the pauses grow no more: a plain write does not hold a shard. */
const maxPauses = 3;
/** Failed debits from which on a snapshot older than the last of them no longer says which shards to try. */
const maxProbes = 3;

/**
 * Path J, for SKUs in high demand: one plain debit for each shard, noted in the shard's journal under a nonce, and then
 * one write of the reservation that binds the nonces. Lines of cold SKUs are debited together with the reservation, in
 * one transaction. No write of a hot shard waits for another.
 *
 * @throws TransientFault when other processes were faster at every attempt; nothing is held then.
 */
export async function holdByJournal(
  request: StockRequest,
  wanted: ReadonlyMap<string, number>,
  now: Instant,
  known: readonly SkuPlan[],
  dependencies: ReserveDependencies,
): Promise<ReserveAnswer> {
  const { snapshots, home, pace, contention } = dependencies;
  const arrivedAt = dependencies.nowMs();
  let plans = known;
  let found: Finding | undefined = firstChoice(request, wanted, plans, dependencies);
  let failures = 0;
  let hintsAfter = Number.NEGATIVE_INFINITY;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    found ??= await findStock(request, wanted, now, plans, { arrivedAt, hintsAfter }, dependencies);
    if ('answer' in found) return found.answer;
    plans = found.plans;
    if (!isReservable(found.parts, plans)) {
      const isGathered = await gatherUnits(found.parts, dependencies, maxDebits);
      if (!isGathered) return holdLargeOrder(request, [...wanted.keys()], now, dependencies);
      hintsAfter = dependencies.nowMs();
      found = undefined;
      continue;
    }
    const result = await debitAndBind(request, found, plans, dependencies);
    switch (result.outcome) {
      case 'held':
        return heldBy(result.reservation);
      case 'exists':
        return answerReserve(result.reservation, now);
      case 'insufficient':
        snapshots.learnInsufficient(result.shards);
        failures += 1;
        // Continues from another shard, so that processes that find the same shard empty do not meet in its neighbor.
        home.move();
        if (failures >= maxProbes) hintsAfter = dependencies.nowMs();
        found = undefined;
        break;
      case 'contended':
        home.move();
        await contention.met(result.shards ?? [], now);
        await backOff(Math.min(attempt, maxPauses), pace);
        // After two conflicts assume heavy contention, and refresh the cached counts.
        found = attempt === 0 ? chooseAgain(request, plans, dependencies) : undefined;
        break;
      case 'voided':
        // The sweep voided a nonce, and the debits are being returned, so the attempt starts over.
        found = chooseAgain(request, plans, dependencies);
    }
  }
  throw new TransientFault(`order ${request.orderId}: other processes were faster at ${maxAttempts} attempts`);
}

/**
 * Allocates by the counts last seen. Undefined where a snapshot showed too little or units that came back one by one:
 * then a read comes first, because a failed debit costs as much as one that succeeds.
 */
function firstChoice(
  request: StockRequest,
  wanted: ReadonlyMap<string, number>,
  plans: readonly SkuPlan[],
  dependencies: ReserveDependencies,
): Finding | undefined {
  const { snapshots, nowMs } = dependencies;
  const mustLook = [...wanted].some(([sku, units]) => {
    const snapshot = snapshots.get(sku);
    return snapshot !== undefined && (snapshot.units < units || showsReturns(snapshot, nowMs()));
  });
  return mustLook ? undefined : chooseAgain(request, plans, dependencies);
}

function chooseAgain(
  request: StockRequest,
  plans: readonly SkuPlan[],
  { counts, home }: ReserveDependencies,
): Finding | undefined {
  const choice = allocate(request.lines, counts.view(plans), home.index, request);
  return 'parts' in choice ? { ...choice, plans } : undefined;
}
