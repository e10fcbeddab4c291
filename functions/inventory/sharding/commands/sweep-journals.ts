import { isTransient } from '../../../shared/kernel/faults.ts';
import { untilUncontended } from '../../../shared/kernel/until-uncontended.ts';
import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import type { Reservation } from '../../reservations/domain/reservation.ts';
import type { SweptJournals } from '../../reservations/domain/stock-store.ts';
import { allShardsOf, type ShardId } from '../domain/shard-plan.ts';
import type { JournalEntry, ShardCounters } from './stock-table.ts';
import { undoDebit } from './undo-debit.ts';

/**
 * A reservation follows its debits within some milliseconds. A worker that takes longer than this is taken for gone; one
 * that was only frozen finds its nonce void.
 */
const settledAfterMs = 5_000;
/** Shards settled at the same time: enough to hide the latency, few enough not to disturb buyers. */
const concurrency = 8;

/**
 * Removes from a shard's journal the entries that reservations are seen to bind, however young. A reservation that is not
 * seen yet is left for later: what is bound stays bound, so a cheap read will do.
 */
export async function dropBoundEntries(
  { location, sku, shard, journal }: ShardCounters,
  { table }: Surroundings,
): Promise<void> {
  await orLater(async () => {
    const { reservations } = await table.read(
      { orderIds: [...new Set(journal.map(({ orderId }) => orderId))] },
      'cheap',
    );
    const bound = journal.filter(({ nonce, orderId }) => binds(reservations.get(orderId), nonce));
    if (bound.length === 0) return;
    const nonces = bound.map(({ nonce }) => nonce);
    await table.dropEntries({ location, sku, shard }, nonces);
  });
}

interface OldEntries {
  readonly shard: ShardId;
  readonly entries: readonly JournalEntry[];
}

/** Looks through the journals of SKUs, those of closed shards included, and settles what is old. */
export async function sweepJournals(skus: readonly string[], around: Surroundings): Promise<SweptJournals> {
  const { plans } = await around.table.read({ skus }, 'latest');
  const { shards } = await around.table.read({ shards: [...plans.values()].flatMap(allShardsOf) }, 'cheap');
  const { healedCount, bound, leftCount } = await healOldEntries(shards, around);
  let droppedCount = 0;
  for (const { shard, nonces } of bound) {
    await orLater(() => around.table.dropEntries(shard, nonces));
    droppedCount += nonces.length;
  }
  return { healedCount, droppedCount, leftCount };
}

/** What became of the old entries of some shards. */
export interface Healed {
  readonly healedCount: number;
  readonly leftCount: number;
  /** Entries whose reservations are written: nothing is wrong with them, they only take room. */
  readonly bound: readonly { readonly shard: ShardId; readonly nonces: readonly string[] }[];
}

/**
 * Heals the old entries of shards as they were read. An entry whose nonce a reservation binds, whatever became of
 * that, has done its work. Of any other the nonce is voided first: from then on nobody can bind it, and its units can
 * go back. They do so only while the entry is there, so any number of sweeps may run at once or end half-way.
 */
export async function healOldEntries(shards: readonly ShardCounters[], around: Surroundings): Promise<Healed> {
  const { table, memory } = around;
  const before = around.nowMs() - settledAfterMs;
  const old: OldEntries[] = shards.flatMap(({ location, sku, shard, journal }) => {
    const entries = journal.filter(({ at }) => at <= before);
    return entries.length === 0 ? [] : [{ shard: { location, sku, shard }, entries }];
  });
  const asked = old.flatMap(({ entries }) => entries.filter(({ nonce }) => !memory.isBound(nonce)));
  const orderIds = [...new Set(asked.map(({ orderId }) => orderId))];
  const none = new Map<string, Reservation>();
  const reservations = orderIds.length === 0 ? none : (await table.read({ orderIds }, 'latest')).reservations;

  const healed = { healedCount: 0, leftCount: 0, bound: [] as { shard: ShardId; nonces: string[] }[] };
  const work = async (): Promise<void> => {
    for (let next = old.shift(); next !== undefined; next = old.shift()) {
      const nonces: string[] = [];
      for (const entry of next.entries) {
        const result = await settleEntry(next.shard, entry, reservations.get(entry.orderId), around);
        if (result === 'bound') nonces.push(entry.nonce);
        if (result === 'healed') healed.healedCount += 1;
        if (result === 'left') healed.leftCount += 1;
      }
      for (const nonce of nonces) memory.learnBound(nonce);
      if (nonces.length > 0) healed.bound.push({ shard: next.shard, nonces });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return healed;
}

type Settled = 'bound' | 'healed' | 'gone' | 'left';

async function settleEntry(
  shard: ShardId,
  { nonce, orderId, quantity }: JournalEntry,
  seen: Reservation | undefined,
  around: Surroundings,
): Promise<Settled> {
  const settle = async (): Promise<Settled> => {
    if (around.memory.isBound(nonce) || binds(seen, nonce)) return 'bound';
    // A reservation binds its nonces when it is written, or never. Where there is none yet, one may come at any moment.
    const fence = await untilUncontended(around.pace, () => around.table.voidNonce(orderId, nonce));
    if (fence.outcome === 'full') return 'left';
    if (fence.outcome === 'exists' && binds(fence.reservation, nonce)) return 'bound';
    return (await undoDebit({ ...shard, nonce, quantity }, around)) ? 'healed' : 'gone';
  };
  return (await orLater(settle)) ?? 'left';
}

function binds(reservation: Reservation | undefined, nonce: string): boolean {
  return reservation?.parts.some((part) => part.nonce === nonce) ?? false;
}

/** The next sweep finds again what could not be done now; the others are not kept waiting. */
async function orLater<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (fault) {
    if (!isTransient(fault)) throw fault;
    return undefined;
  }
}
