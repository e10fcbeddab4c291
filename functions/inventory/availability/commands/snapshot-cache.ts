import { isTransient } from '../../../shared/kernel/faults.ts';
import { TtlMap } from '../../../shared/kernel/ttl-map.ts';
import type { ShardCounters, SkuPlan } from '../../sharding/index.ts';
import {
  claimGapMs,
  claimMs,
  isClaimed,
  isFresh,
  isOfThePast,
  type Snapshot,
  snapshotCopies,
  snapshotOf,
  unitsInSnapshot,
} from '../domain/snapshot.ts';
import type { ShardCounts } from './shard-counts.ts';
import type { SnapshotStore } from './snapshot-store.ts';

/**
 * How long a snapshot that showed too little makes requests read before they debit: each failed debit costs a write.
 */
const snapshotMs = 10_000;

/** The newest snapshots that this process has seen. */
export class SnapshotCache {
  readonly #snapshots = new TtlMap<Snapshot>(snapshotMs);
  readonly #wrong = new TtlMap<number>(snapshotMs);
  /** Times of snapshots that came from the future, by SKU. They stay wrong when their time has come. */
  readonly #future = new TtlMap<number>(snapshotMs);
  readonly #counts: ShardCounts;
  readonly #nowMs: () => number;

  /** @param nowMs milliseconds since 1970. */
  constructor(counts: ShardCounts, nowMs: () => number) {
    this.#counts = counts;
    this.#nowMs = nowMs;
  }

  get(sku: string): Snapshot | undefined {
    return this.#snapshots.get(sku, this.#nowMs());
  }

  /** Takes over the counts of a snapshot, except of shards that this process has seen since. */
  learn(snapshot: Snapshot, plan: SkuPlan): void {
    const nowMs = this.#nowMs();
    const known = this.get(snapshot.sku);
    if (!isOfThePast(snapshot, nowMs)) this.#future.set(snapshot.sku, snapshot.at, nowMs);
    if (snapshot.at === this.#future.get(snapshot.sku, nowMs)) return;
    if (known !== undefined && known.at > snapshot.at) return;
    this.#snapshots.set(snapshot.sku, snapshot, nowMs);
    this.#counts.learnOlder(unitsInSnapshot(snapshot, plan), Math.min(snapshot.at, nowMs));
  }

  /** Takes over the counters of shards whose debit failed, and notes a snapshot that showed units in them as wrong. */
  learnInsufficient(shards: readonly ShardCounters[]): void {
    this.#counts.learn(shards);
    for (const shard of shards) {
      const free = this.get(shard.sku)?.free ?? [];
      const wasFree = free.some((each) => each.location === shard.location && each.shard === shard.shard);
      if (wasFree) this.#wrong.set(shard.sku, this.#nowMs(), this.#nowMs());
    }
  }

  /** When a snapshot of the SKU was last found wrong; -Infinity if none was in the last ten seconds. */
  wrongAt(sku: string): number {
    return this.#wrong.get(sku, this.#nowMs()) ?? Number.NEGATIVE_INFINITY;
  }
}

interface SnapshotDependencies {
  readonly snapshots: SnapshotCache;
  readonly snapshotStore: SnapshotStore;
  readonly home: { readonly index: number };
  nowMs(): number;
}

/**
 * The newest snapshots of these SKUs; SKUs without one are left out.
 *
 * @param fromCache whether a fresh snapshot in the cache is used in place of a read.
 */
export async function newestSnapshots(
  hot: readonly SkuPlan[],
  fromCache: boolean,
  { snapshotStore, snapshots, home, nowMs }: SnapshotDependencies,
): Promise<Snapshot[]> {
  const found = await Promise.all(
    hot.map(async (plan) => {
      const known = snapshots.get(plan.sku);
      if (fromCache && known !== undefined && isFresh(known, nowMs())) return known;
      const stored = await snapshotStore.readSnapshot(plan.sku, home.index % snapshotCopies);
      if (stored !== undefined) snapshots.learn(stored, plan);
      return snapshots.get(plan.sku) ?? [];
    }),
  );
  return found.flat();
}

/**
 * Claims the next read of all shards of a SKU for this process. False while another process has the claim: its snapshot
 * is about to appear.
 */
export async function claimRead(
  { sku, at, claimedUntil = 0 }: Snapshot,
  { snapshotStore, home, nowMs }: SnapshotDependencies,
): Promise<boolean> {
  const now = nowMs();
  if (now - at < claimGapMs || isClaimed(claimedUntil, now)) return false;
  try {
    return await snapshotStore.claimRead(sku, home.index % snapshotCopies, { now, until: now + claimMs });
  } catch (fault) {
    // Unknown outcome: a claim that was made ends by itself, and the request looks again before that.
    if (!isTransient(fault)) throw fault;
    return false;
  }
}

/** Stores and caches a snapshot of a SKU's shards, which were read from the moment `at` on. */
export async function publishSnapshot(
  plan: SkuPlan,
  shards: readonly ShardCounters[],
  at: number,
  { snapshotStore, snapshots, home }: SnapshotDependencies,
): Promise<void> {
  const snapshot = snapshotOf(plan.sku, at, shards, snapshots.get(plan.sku));
  snapshots.learn(snapshot, plan);
  await snapshotStore.writeSnapshot(home.index % snapshotCopies, snapshot);
}
