import type { Pace } from '../../../shared/kernel/backoff.ts';
import { type Contended, untilUncontended } from '../../../shared/kernel/contention.ts';
import { isTransient } from '../../../shared/kernel/faults.ts';
import { TtlMap } from '../../../shared/kernel/ttl-map.ts';
import type { JournalEntry, ShardCounters } from '../domain/shard.ts';
import { allShardsOf, type ShardId, type SkuPlan } from '../domain/shard-plan.ts';
import type { BindingStore, VoidOutcome } from './binding-store.ts';
import type { PlanStore } from './plan-store.ts';
import type { ShardStore } from './shard-store.ts';
import { undoDebit } from './undo-debit.ts';

/**
 * Age from which an entry counts as abandoned. A reservation is written some milliseconds after its debits. A worker
 * that takes longer than this has probably crashed; one that was only frozen finds its nonce voided.
 */
const abandonedAfterMs = 5_000;
/** Shards repaired at the same time: enough to hide the latency, too few to disturb buyers. */
const concurrency = 8;
/** Bindings never change; they are cached long enough for a sweep to drop the entry. */
const boundMs = 60_000;

/** Nonces that reservations are known to bind. */
export type BoundNonces = TtlMap<true>;
export const boundNonces = (): BoundNonces => new TtlMap(boundMs);

export interface RepairDependencies {
  readonly shards: Pick<ShardStore, 'undoDebit'>;
  readonly bindings: BindingStore;
  readonly bound: BoundNonces;
  readonly pace: Pace;
  nowMs(): number;
}

/**
 * Removes from a shard's journal the entries that reservations are seen to bind, of any age. Bindings never change, so
 * an eventually consistent read suffices; entries that it misses are left for later.
 */
export async function dropBoundEntries(
  { location, sku, shard, journal }: ShardCounters,
  { shards, bindings }: { readonly shards: Pick<ShardStore, 'dropEntries'>; readonly bindings: BindingStore },
): Promise<void> {
  await orLater(async () => {
    const bound = [...(await bindings.boundAmong(journal, 'eventual'))];
    if (bound.length > 0) await shards.dropEntries({ location, sku, shard }, bound);
  });
}

/** What a sweep of journals found. */
export interface SweptJournals {
  /** Entries that no reservation binds: their units are for sale again. */
  readonly repairedCount: number;
  /** Entries of written reservations that were still in the journal. */
  readonly droppedCount: number;
  /** Entries that could not be handled; the next sweep finds them again. */
  readonly leftCount: number;
}

/** SKUs whose plans are read together, and shards whose journals are read and repaired together. */
const plansAtOnce = 100;
const shardsAtOnce = 500;

/** Reads the journals of SKUs, those of closed shards included, and repairs or drops the old entries. */
export async function sweepJournals(
  skus: readonly string[],
  dependencies: RepairDependencies & {
    readonly plans: Pick<PlanStore, 'read'>;
    readonly shards: Pick<ShardStore, 'read' | 'undoDebit' | 'dropEntries'>;
  },
): Promise<SweptJournals> {
  const { plans, shards } = dependencies;
  const swept = { repairedCount: 0, droppedCount: 0, leftCount: 0 };
  for (let start = 0; start < skus.length; start += plansAtOnce) {
    const known = await plans.read(skus.slice(start, start + plansAtOnce), 'strong');
    for (const some of inGroups(known.values())) {
      const found = await shards.read(some, 'eventual');
      const { repairedCount, bound, leftCount } = await repairOldEntries(found, dependencies);
      swept.repairedCount += repairedCount;
      swept.leftCount += leftCount;
      for (const { shard, nonces } of bound) {
        await orLater(() => shards.dropEntries(shard, nonces));
        swept.droppedCount += nonces.length;
      }
    }
  }
  return swept;
}

/** The shards of these plans, in groups that are read together. */
function* inGroups(plans: Iterable<SkuPlan>): Generator<readonly ShardId[]> {
  let group: ShardId[] = [];
  for (const plan of plans) {
    group.push(...allShardsOf(plan));
    for (; group.length >= shardsAtOnce; group = group.slice(shardsAtOnce)) yield group.slice(0, shardsAtOnce);
  }
  if (group.length > 0) yield group;
}

interface OldEntries {
  readonly shard: ShardId;
  readonly entries: readonly JournalEntry[];
}

/** The result of repairing the old entries of some shards. */
export interface Repaired {
  readonly repairedCount: number;
  readonly leftCount: number;
  /** Entries of written reservations: nothing is wrong with them, they only take up room in the journal. */
  readonly bound: readonly { readonly shard: ShardId; readonly nonces: readonly string[] }[];
}

/** Repairs the old entries of shards as they were read. */
export function repairOldEntries(
  shards: readonly ShardCounters[],
  dependencies: RepairDependencies,
): Promise<Repaired> {
  const oldest = dependencies.nowMs() - abandonedAfterMs;
  return repairEntries(shards, ({ at }) => at <= oldest, dependencies);
}

/**
 * Repairs entries of shards as they were read. An entry whose nonce a reservation binds needs no repairing, in
 * whatever state that reservation is. For any other entry the nonce is voided first, so that no reservation can bind it
 * any more; then its units go back for sale. They go back only while the entry is there, so that any number of sweeps
 * may run at once or be interrupted.
 */
export async function repairEntries(
  shards: readonly ShardCounters[],
  isAbandoned: (entry: JournalEntry) => boolean,
  dependencies: RepairDependencies,
): Promise<Repaired> {
  const { bindings, bound } = dependencies;
  const nowMs = dependencies.nowMs();
  const old: OldEntries[] = shards.flatMap(({ location, sku, shard, journal }) => {
    const entries = journal.filter(isAbandoned);
    return entries.length === 0 ? [] : [{ shard: { location, sku, shard }, entries }];
  });
  const asked = old.flatMap(({ entries }) => entries.filter(({ nonce }) => !bound.get(nonce, nowMs)));
  const seen = asked.length === 0 ? new Set<string>() : await bindings.boundAmong(asked, 'strong');

  const voidNonce = voidingOnce(dependencies);
  const repaired = { repairedCount: 0, leftCount: 0, bound: [] as { shard: ShardId; nonces: string[] }[] };
  const work = async (): Promise<void> => {
    for (let next = old.shift(); next !== undefined; next = old.shift()) {
      const nonces: string[] = [];
      for (const entry of next.entries) {
        const result = await repairEntry(next.shard, entry, seen, { ...dependencies, voidNonce });
        if (result === 'bound') nonces.push(entry.nonce);
        if (result === 'repaired') repaired.repairedCount += 1;
        if (result === 'left') repaired.leftCount += 1;
      }
      for (const nonce of nonces) bound.set(nonce, true, dependencies.nowMs());
      if (nonces.length > 0) repaired.bound.push({ shard: next.shard, nonces });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return repaired;
}

type VoidNonce = (orderId: string, nonce: string) => Promise<Exclude<VoidOutcome, Contended>>;

/** Voids each nonce once: the entries of a large order have one nonce in many shards. */
function voidingOnce({ bindings, pace }: Pick<RepairDependencies, 'bindings' | 'pace'>): VoidNonce {
  const fences = new Map<string, ReturnType<VoidNonce>>();
  return (orderId, nonce) => {
    const fence = fences.get(nonce) ?? untilUncontended(pace, () => bindings.voidNonce(orderId, nonce));
    fences.set(nonce, fence);
    return fence;
  };
}

type EntryOutcome = 'bound' | 'repaired' | 'gone' | 'left';

async function repairEntry(
  shard: ShardId,
  { nonce, orderId, quantity }: JournalEntry,
  seen: ReadonlySet<string>,
  dependencies: RepairDependencies & { readonly voidNonce: VoidNonce },
): Promise<EntryOutcome> {
  const { bound, voidNonce } = dependencies;
  const repair = async (): Promise<EntryOutcome> => {
    if (bound.get(nonce, dependencies.nowMs()) || seen.has(nonce)) return 'bound';
    // A reservation binds its nonces when it is written and at no other time. An order that has no reservation yet may
    // get one at any moment.
    const fence = await voidNonce(orderId, nonce);
    if (fence.outcome === 'full') return 'left';
    if (fence.outcome === 'bound') return 'bound';
    return (await undoDebit({ ...shard, nonce, quantity }, dependencies)) ? 'repaired' : 'gone';
  };
  return (await orLater(repair)) ?? 'left';
}

/**
 * Leaves work that failed for a transient reason to the next sweep, so that other entries need not wait for it.
 *
 * @returns undefined when the work was left.
 */
async function orLater<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (fault) {
    if (!isTransient(fault)) throw fault;
    return undefined;
  }
}
