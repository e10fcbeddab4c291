import { backOff } from '../../../shared/kernel/backoff.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { gatherUnits, repairEntries, repairOldEntries } from '../../sharding/index.ts';
import { type Allocated, allocate } from '../../sourcing/index.ts';
import { fitsOneReservation, maxShardsOfOrder } from '../domain/large-orders.ts';
import { answerReserve, heldBy, newHold, type OpenReservation, perShard } from '../domain/reservation.ts';
import { outOfStock, type ReserveAnswer, type StockRequest, tooSpread } from '../domain/stock-request.ts';
import { type Attempt, debitTogether, dropTogether, undoTogether } from './debit-together.ts';
import { readStock, type StockNow } from './read-stock.ts';
import type { HoldOutcome } from './reservation-store.ts';
import type { ReserveDependencies } from './reserve-dependencies.ts';

/** Attempts to hold one order, each allocated from a new read of all shards. */
const maxAttempts = 6;
/** Attempts at the write of one reservation. */
const maxBinds = 6;

type BindOutcome = Exclude<HoldOutcome, { readonly outcome: 'held' }> | HeldOutcome;
type HeldOutcome = { readonly outcome: 'held'; readonly reservation: OpenReservation };

/**
 * Holds an order whose units are in more shards than one transaction can change. Each shard is debited by a plain write
 * under one nonce for the whole attempt, and one write of the reservation then binds them all: before it the order holds
 * nothing, afterwards everything. What a process that ended in between has debited is returned by the next run of the
 * step, which finds the entries of its order, or by the first process that would be refused for them.
 *
 * @throws TransientFault when other processes were faster at every attempt; nothing is held then.
 */
export async function holdLargeOrder(
  request: StockRequest,
  skus: readonly string[],
  now: Instant,
  dependencies: ReserveDependencies,
): Promise<ReserveAnswer> {
  const { orderId } = request;
  let found = await readRepaired(orderId, skus, dependencies);
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    if (found.reservation !== undefined) return answerReserve(found.reservation, now);
    const choice = allocate(request.lines, found.view, dependencies.home.index, request);
    if ('insufficient' in choice) {
      if (!(await repairOldEntries(found.shards, dependencies)).repairedCount) return outOfStock(choice.insufficient);
    } else if (!fitsOneReservation(choice.parts)) {
      if (!(await gatherUnits(choice.parts, dependencies, maxShardsOfOrder, true))) return tooSpread(orderId);
    } else {
      const result = await debitAndBindAll(request, choice, dependencies);
      if (result.outcome === 'held') return heldBy(result.reservation);
      if (result.outcome === 'exists') return answerReserve(result.reservation, now);
      await backOff(attempt, dependencies.pace);
    }
    found = await readStock(orderId, skus, dependencies);
  }
  throw new TransientFault(`order ${orderId}: other processes were faster at ${maxAttempts} attempts`);
}

/** Reads the stock, after what an earlier run of this order has debited and not bound is for sale again. */
async function readRepaired(
  orderId: string,
  skus: readonly string[],
  dependencies: ReserveDependencies,
): Promise<StockNow> {
  const found = await readStock(orderId, skus, dependencies);
  if (found.reservation !== undefined) return found;
  const { repairedCount, leftCount } = await repairEntries(
    found.shards,
    (entry) => entry.orderId === orderId,
    dependencies,
  );
  return repairedCount + leftCount === 0 ? found : readStock(orderId, skus, dependencies);
}

async function debitAndBindAll(
  request: StockRequest,
  { parts, sourcing }: Allocated,
  dependencies: ReserveDependencies,
): Promise<BindOutcome> {
  const debited = await debitTogether(request.orderId, perShard(parts), dependencies);
  if (debited.outcome === 'insufficient') return { outcome: 'insufficient', shards: [debited.shard] };
  if (debited.outcome === 'contended') return { outcome: 'contended', shards: undefined };
  const { attempt } = debited;
  const bound = parts.map((part) => ({ ...part, nonce: attempt.nonce }));
  const result = await bind(newHold(request, { parts: bound, sourcing }), attempt, dependencies);
  if (result.outcome === 'held') await dropTogether(attempt, dependencies);
  else await undoTogether(attempt, dependencies);
  return result;
}

/** @throws errors after which the debits stand, because the reservation may be held. */
async function bind(
  reservation: OpenReservation,
  { nonce }: Attempt,
  { reservations, pace }: ReserveDependencies,
): Promise<BindOutcome> {
  for (let attempt = 0; attempt < maxBinds; attempt++) {
    if (attempt > 0) await backOff(attempt, pace);
    const result = await reservations.hold(reservation);
    if (result.outcome === 'contended') continue;
    if (result.outcome === 'held') return { outcome: 'held', reservation };
    // The network may deliver a request twice. Then the existing reservation is the one that was just written.
    const isOurs = result.outcome === 'exists' && result.reservation.parts.some((part) => part.nonce === nonce);
    return isOurs ? { outcome: 'held', reservation } : result;
  }
  return { outcome: 'contended', shards: undefined };
}
