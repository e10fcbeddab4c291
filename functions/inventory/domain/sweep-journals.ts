import { isTransient } from '../../shared/kernel/faults.ts';
import type { Reservation } from './reservation.ts';
import { allShardsOf, type ShardId } from './shard-plan.ts';
import type { SweptJournals } from './stock-store.ts';
import type { JournalEntry, ShardCounters } from './stock-table.ts';
import type { Surroundings } from './survey-stock.ts';
import { undoDebit } from './undo-debit.ts';
import { untilUncontended } from './until-uncontended.ts';

/**
 * A reservation follows its debits within some milliseconds. A worker that takes longer than this is taken for gone; one
 * that was only frozen finds its nonce void.
 */
const settledAfterMs = 5_000;
/** Shards settled at the same time: enough to hide the latency, few enough not to disturb buyers. */
const concurrency = 8;

interface OldEntries {
  readonly shard: ShardId;
  readonly entries: readonly JournalEntry[];
}

/** Looks through the journals of SKUs, those of closed shards included, and settles what is old. */
export async function sweepJournals(skus: readonly string[], around: Surroundings): Promise<SweptJournals> {
  const { plans } = await around.table.read({ skus }, 'latest');
  const { shards } = await around.table.read({ shards: [...plans.values()].flatMap(allShardsOf) }, 'cheap');
  return settleOldEntries(shards, around);
}

/**
 * Settles the old entries of shards as they were read. An entry whose nonce a reservation binds, whatever became of
 * that, has done its work. Of any other the nonce is voided first: from then on nobody can bind it, and its units can
 * go back. They do so only while the entry is there, so any number of sweeps may run at once or end half-way.
 */
export async function settleOldEntries(shards: readonly ShardCounters[], around: Surroundings): Promise<SweptJournals> {
  const before = around.nowMs() - settledAfterMs;
  const old: OldEntries[] = shards.flatMap(({ location, sku, shard, journal }) => {
    const entries = journal.filter(({ at }) => at <= before);
    return entries.length === 0 ? [] : [{ shard: { location, sku, shard }, entries }];
  });
  const orderIds = [...new Set(old.flatMap(({ entries }) => entries.map(({ orderId }) => orderId)))];
  if (orderIds.length === 0) return { healedCount: 0, droppedCount: 0, leftCount: 0 };
  const { reservations } = await around.table.read({ orderIds }, 'latest');

  const swept = { healedCount: 0, droppedCount: 0, leftCount: 0 };
  const work = async (): Promise<void> => {
    for (let next = old.shift(); next !== undefined; next = old.shift()) {
      const { healedCount, droppedCount, leftCount } = await settleShard(next, reservations, around);
      swept.healedCount += healedCount;
      swept.droppedCount += droppedCount;
      swept.leftCount += leftCount;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return swept;
}

async function settleShard(
  { shard, entries }: OldEntries,
  reservations: ReadonlyMap<string, Reservation>,
  around: Surroundings,
): Promise<SweptJournals> {
  const bound: string[] = [];
  let [healedCount, leftCount] = [0, 0];
  for (const entry of entries) {
    const result = await settleEntry(shard, entry, reservations.get(entry.orderId), around);
    if (result === 'bound') bound.push(entry.nonce);
    if (result === 'healed') healedCount += 1;
    if (result === 'left') leftCount += 1;
  }
  if (bound.length > 0) await orLater(() => around.table.dropEntries(shard, bound));
  return { healedCount, droppedCount: bound.length, leftCount };
}

type Settled = 'bound' | 'healed' | 'gone' | 'left';

async function settleEntry(
  shard: ShardId,
  { nonce, orderId, quantity }: JournalEntry,
  seen: Reservation | undefined,
  around: Surroundings,
): Promise<Settled> {
  const settle = async (): Promise<Settled> => {
    if (binds(seen, nonce)) return 'bound';
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
