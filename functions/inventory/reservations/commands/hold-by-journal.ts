import { backOff } from '../../../shared/kernel/backoff.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import type { SkuPlan } from '../../sharding/index.ts';
import { allocate } from '../../sourcing/index.ts';
import { answerReserve, heldBy } from '../domain/reservation.ts';
import type { ReserveAnswer, StockRequest } from '../domain/stock-request.ts';
import { debitAndBind } from './debit-and-bind.ts';
import { type Finding, findStock } from './find-stock.ts';
import type { ReserveDependencies } from './reserve-dependencies.ts';

/** Attempts to hold one order: each takes what a read or a count has shown, and others may be faster every time. */
const maxAttempts = 12;
/** Pauses after a contended debit grow so often and no more: a plain write holds a shard for no time at all. */
const maxPauses = 3;
/** Failed debits after which what a snapshot showed before the last one is no longer believed. */
const maxProbes = 3;

/**
 * Path J, for SKUs that many buyers want at once: one plain debit for each shard, noted in the shard's journal under a
 * nonce, and then the reservation that binds the nonces; lines of cold SKUs are debited along with that, in one
 * transaction. No write of a hot shard waits for another.
 *
 * @throws TransientFault when others were faster at every attempt; nothing is held then.
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
    const result = await debitAndBind(request, found, plans, dependencies);
    switch (result.outcome) {
      case 'held':
        return heldBy(result.reservation);
      case 'exists':
        return answerReserve(result.reservation, now);
      case 'insufficient':
        snapshots.learnInsufficient(result.shards);
        failures += 1;
        // From another place, so that processes that find the same shard empty do not meet in its neighbor.
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
        // The sweeper voided our nonce; our debit is being returned, so start over.
        found = chooseAgain(request, plans, dependencies);
    }
  }
  throw new TransientFault(`order ${request.orderId}: others were faster ${maxAttempts} times`);
}

/** By the counts last seen. Where a snapshot was insufficient a read comes first: a failed debit costs as much as a good one. */
function firstChoice(
  request: StockRequest,
  wanted: ReadonlyMap<string, number>,
  plans: readonly SkuPlan[],
  dependencies: ReserveDependencies,
): Finding | undefined {
  const wasInsufficient = [...wanted].some(([sku, units]) => {
    return (dependencies.snapshots.get(sku)?.units ?? units) < units;
  });
  return wasInsufficient ? undefined : chooseAgain(request, plans, dependencies);
}

function chooseAgain(
  request: StockRequest,
  plans: readonly SkuPlan[],
  { counts, home }: ReserveDependencies,
): Finding | undefined {
  const choice = allocate(request.lines, counts.view(plans), home.index, request);
  return 'parts' in choice ? { ...choice, plans } : undefined;
}
