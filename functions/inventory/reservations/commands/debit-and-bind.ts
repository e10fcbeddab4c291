import { backOff } from '../../../shared/kernel/backoff.ts';
import { isTransient } from '../../../shared/kernel/faults.ts';
import {
  type Debited,
  type DebitOutcome,
  dropBoundEntries,
  type ReservedUnits,
  type ShardCounters,
  type ShardId,
  type SkuPlan,
  undoDebit,
} from '../../sharding/index.ts';
import type { Allocated } from '../../sourcing/index.ts';
import { hotUnits, isCleaner, withNonces } from '../domain/hot-units.ts';
import { newHold, type OpenReservation, type Part } from '../domain/reservation.ts';
import type { StockRequest } from '../domain/stock-request.ts';
import type { HoldOutcome } from './reservation-store.ts';
import type { ReserveDependencies } from './reserve-dependencies.ts';

/** Attempts at one contended write; with their pauses they take a third of a second. */
const maxRepetitions = 6;

export type BindOutcome =
  | Exclude<HoldOutcome, { readonly outcome: 'held' }>
  | { readonly outcome: 'held'; readonly reservation: OpenReservation };

type BindDependencies = Pick<
  ReserveDependencies,
  'reservations' | 'shards' | 'bindings' | 'counts' | 'entriesToDrop' | 'home' | 'pace' | 'nonce' | 'nowMs'
>;

/**
 * Debits the hot units of an allocation and writes the reservation that binds them, or leaves everything as it was. A
 * worker that crashes between two of these writes leaves entries in journals, and a sweep puts their units back for
 * sale.
 *
 * The outcome of a write may be unknown. A debit with an unknown outcome is never sent again: the order's next attempt
 * makes debits of its own, and an entry that exists is repaired like that of a crashed worker. Its units are hidden for
 * some seconds, but never sold twice. After a reservation with an unknown outcome nothing is undone, because it may be
 * held; the next attempt finds out.
 */
export async function debitAndBind(
  request: StockRequest,
  allocated: Allocated,
  plans: readonly SkuPlan[],
  dependencies: BindDependencies,
): Promise<BindOutcome> {
  const taken: Debited[] = [];
  const full: ShardCounters[] = [];
  for (const units of hotUnits(allocated.parts, plans)) {
    const nonce = dependencies.nonce();
    const result = await debit(request.orderId, units, nonce, taken, dependencies);
    if (result.outcome !== 'debited') {
      await undoAll(taken, dependencies);
      return result.outcome === 'insufficient' ? { outcome: 'insufficient', shards: [result.shard] } : result;
    }
    const { location, sku, shard, quantity } = units;
    taken.push({ location, sku, shard, quantity, nonce });
    if (isCleaner(result.shard)) full.push(result.shard);
  }
  const [result] = await Promise.all([
    bind(request, allocated, taken, dependencies),
    ...full.map((shard) => dropBoundEntries(shard, dependencies)),
  ]);
  return result;
}

async function debit(
  orderId: string,
  { location, sku, shard, quantity }: ReservedUnits,
  nonce: string,
  before: readonly Debited[],
  dependencies: BindDependencies,
): Promise<
  | Exclude<DebitOutcome, { readonly outcome: 'contended' }>
  | { readonly outcome: 'contended'; readonly shards: readonly ShardId[] }
> {
  const { shards, counts, entriesToDrop, home, pace } = dependencies;
  const id = { location, sku, shard };
  const drops = entriesToDrop.of(id);
  // A first debit that is contended moves on to another shard. A later one is repeated, because giving up means undoing
  // those before it.
  const repetitions = before.length === 0 ? 1 : maxRepetitions;
  for (let attempt = 0; attempt < repetitions; attempt++) {
    if (attempt > 0) await backOff(attempt, pace);
    try {
      const result = await shards.debit({ ...id, quantity, orderId, nonce, at: dependencies.nowMs(), drops });
      if (result.outcome === 'contended') continue;
      if (result.outcome === 'debited') {
        entriesToDrop.remove(id, drops);
        counts.learn([result.shard]);
        if (typeof shard === 'number') home.index = shard;
      }
      return result;
    } catch (fault) {
      await undoAll(before, dependencies);
      throw fault;
    }
  }
  return { outcome: 'contended', shards: [id] };
}

/**
 * Writes the reservation.
 *
 * @throws errors after which the debits stand, because the reservation may be held.
 */
async function bind(
  request: StockRequest,
  { parts, sourcing }: Allocated,
  taken: readonly Debited[],
  dependencies: BindDependencies,
): Promise<BindOutcome> {
  const { reservations, entriesToDrop, pace } = dependencies;
  const reservation = newHold(request, { parts: withNonces(parts, taken), sourcing });
  for (let attempt = 0; attempt < maxRepetitions; attempt++) {
    if (attempt > 0) await backOff(attempt, pace);
    const result = await reservations.hold(reservation);
    if (result.outcome === 'contended') continue;
    if (result.outcome === 'held' || (result.outcome === 'exists' && isOurs(result.reservation.parts, taken))) {
      for (const debited of taken) entriesToDrop.add(debited, debited.nonce);
    } else {
      await undoAll(taken, dependencies);
    }
    return result.outcome === 'held' ? { outcome: 'held', reservation } : result;
  }
  await undoAll(taken, dependencies);
  return { outcome: 'contended', shards: undefined };
}

/**
 * The network may deliver a request twice. Then the existing reservation is the one that this process has just written.
 */
function isOurs(parts: readonly Part[], taken: readonly Debited[]): boolean {
  return parts.some(({ nonce }) => taken.some((debited) => debited.nonce === nonce));
}

/** Undoes the debits. One that fails for a transient reason is left to the sweep: its entry is still in the journal. */
async function undoAll(taken: readonly Debited[], dependencies: BindDependencies): Promise<void> {
  for (const debited of taken) {
    try {
      await undoDebit(debited, dependencies);
    } catch (fault) {
      if (!isTransient(fault)) throw fault;
    }
  }
}
