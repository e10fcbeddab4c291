import { backOff } from '../../../shared/kernel/backoff.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import type { Refusal } from '../../../shared/kernel/refusal.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { type SkuPlan, shardsOf } from '../../sharding/domain/shard-plan.ts';
import { type Choice, choosePieces, type Shortage, unitsWanted } from '../../sourcing/domain/allocate.ts';
import { answerReserve, heldBy, perShard } from '../domain/reservation.ts';
import { answerFromRecord, holdOf, outOfStock, type ReserveAnswer } from '../domain/reserve-answers.ts';
import type { StockRequest } from '../domain/stock-store.ts';
import { knownPlans, type Surroundings, surveyStock } from './survey-stock.ts';

/**
 * Attempts to write one reservation. A shard that a transaction holds is free again after some milliseconds, and the
 * pauses before twelve attempts add up to about a second and a half: the step's own retry takes over from there.
 */
const maxAttempts = 12;
/** Attempts on shards that nobody looked at, before all are read. */
const maxProbes = 2;
/** Up to here reading every shard costs less than one more failed transaction: four write units, each at the price of five read units. */
const cheapSurvey = 20;

/** Nothing is known to be enough: look before trying. */
const lookFirst: Choice = { short: [] };

/**
 * Path T: the reservation and the debits of all its shards in one transaction. The first attempt trusts what this
 * process remembers; one that fails says which shard was short and what is left there; when that does not lead
 * anywhere, every shard of the order's SKUs is read and the pieces are gathered from what is there.
 *
 * @throws TransientFault when others were faster at every attempt; nothing is held then.
 */
export async function reserveByTransaction(
  request: StockRequest,
  now: Instant,
  around: Surroundings,
): Promise<ReserveAnswer> {
  const { table, memory, home, pace } = around;
  const { orderId, lines } = request;
  const wanted = unitsWanted(lines);
  const denied = deniedOfLate(wanted, around);
  if (denied.length > 0) return (await answerFromRecord(orderId, now, around)) ?? outOfStock(denied);

  let plans = await knownPlans([...wanted.keys()], around);
  let choice = choosePieces(lines, memory.view(plans), home.index, request);
  let misses = 0;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    if ('short' in choice) {
      const survey = await surveyStock(orderId, [...wanted.keys()], around);
      if (survey.reservation !== undefined) return answerReserve(survey.reservation, now);
      plans = survey.plans;
      choice = choosePieces(lines, survey.view, home.index, request);
      if ('short' in choice) return deny(choice.short, around);
    }
    const reservation = holdOf(request, choice);
    const result = await table.hold(reservation);
    switch (result.outcome) {
      case 'held':
        for (const debit of perShard(reservation.parts)) memory.learnDebit(debit, debit.quantity);
        return heldBy(reservation);
      case 'exists':
        return answerReserve(result.reservation, now);
      case 'short':
        misses += 1;
        memory.learnShards(result.shards);
        break;
      case 'contended':
        home.move();
        await around.contended?.(result.shards ?? perShard(reservation.parts), now);
        await backOff(attempt, pace);
    }
    choice = mustLook(misses, plans) ? lookFirst : choosePieces(lines, memory.view(plans), home.index, request);
  }
  throw new TransientFault(`order ${orderId}: others were faster ${maxAttempts} times`);
}

function mustLook(misses: number, plans: readonly SkuPlan[]): boolean {
  if (misses === 0) return false;
  return misses > maxProbes || plans.flatMap(shardsOf).length <= cheapSurvey;
}

function deniedOfLate(wanted: ReadonlyMap<string, number>, { memory }: Surroundings): Shortage[] {
  return [...wanted].flatMap(([sku, units]) => {
    const available = memory.denied(sku, units);
    return available === undefined ? [] : [{ sku, wanted: units, available }];
  });
}

function deny(short: readonly Shortage[], { memory }: Surroundings): Refusal<'OUT_OF_STOCK'> {
  for (const { sku, available } of short) memory.deny(sku, available);
  return outOfStock(short);
}
