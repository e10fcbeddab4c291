import type { Pace } from '../../../shared/kernel/backoff.ts';
import { TtlMap } from '../../../shared/kernel/ttl-map.ts';
import { forgettingReturns, ShardCounts, SnapshotCache, type SnapshotStore } from '../../availability/index.ts';
import { LocationCache } from '../../locations/index.ts';
import {
  type BindingStore,
  type BoundNonces,
  boundNonces,
  type Contention,
  EntriesToDrop,
  growWhenContended,
  PlanCache,
  type PlanReader,
  type PlanStore,
  type ShardStore,
} from '../../sharding/index.ts';
import type { ReservationStore, StockReader } from './reservation-store.ts';

/**
 * How long the number of units that had moved between a SKU's shards is cached. It is only compared with later numbers
 * and saves a second read.
 */
const movesMs = 60_000;

/** The stores that a reservation reads and writes. */
export interface ReserveStores {
  readonly reservations: Pick<ReservationStore, 'find' | 'hold'>;
  readonly stock: StockReader;
  readonly planReader: PlanReader;
  readonly planStore: PlanStore;
  readonly shards: ShardStore;
  readonly bindings: BindingStore;
  readonly snapshotStore: SnapshotStore;
}

/** The caches of one process. They save reads and failed attempts; they never decide that units are there. */
export interface ReserveCaches {
  readonly plans: PlanCache;
  readonly locations: LocationCache;
  readonly counts: ShardCounts;
  readonly snapshots: SnapshotCache;
  /** Units that had moved into a SKU's shards by the last strong read. */
  readonly moves: TtlMap<number>;
  readonly entriesToDrop: EntriesToDrop;
  readonly bound: BoundNonces;
}

/** The state of one execution environment. */
export interface ReserveProcess extends ReserveCaches {
  readonly home: HomeShard;
  readonly pace: Pace;
  /** Makes a text of ten characters that was never used before. */
  nonce(): string;
  /**
   * The machine's clock in milliseconds since 1970. Used for the ages of snapshots and entries, never to decide whether
   * a hold has expired.
   */
  nowMs(): number;
}

export interface ReserveDependencies extends ReserveStores, ReserveProcess {
  readonly contention: Contention;
}

/** The state of a new process: empty caches and a random home shard. */
export function reserveProcess(outside: Pick<ReserveProcess, 'pace' | 'nonce' | 'nowMs'>): ReserveProcess {
  const { pace, nowMs } = outside;
  const plans = new PlanCache(nowMs);
  const locations = new LocationCache(nowMs);
  const counts = new ShardCounts(plans, locations, nowMs);
  return {
    ...outside,
    ...{ plans, locations, counts },
    snapshots: new SnapshotCache(counts, nowMs),
    moves: new TtlMap(movesMs),
    entriesToDrop: new EntriesToDrop(),
    bound: boundNonces(),
    home: new HomeShard(pace),
  };
}

/** The dependencies of reserving, from the stores and the state of the process. */
export function reserveDependencies(stores: ReserveStores, process: ReserveProcess): ReserveDependencies {
  const { plans, counts, snapshots, pace, nowMs } = process;
  const shards = forgettingReturns(stores.shards, counts);
  const unitsLastSeen = (sku: string) => snapshots.get(sku)?.units;
  const contention = growWhenContended({
    ...{ plans: stores.planStore, shards, cache: plans },
    ...{ unitsLastSeen, pace, nowMs },
  });
  return { ...stores, ...process, shards, contention };
}

/**
 * The index of the shard that a process tries first. It stays the same until the process meets contention there: buyers
 * in different processes then use different shards, and the counts that a process caches of its own shard stay right.
 */
export class HomeShard {
  readonly #pace: Pace;
  index = 0;

  constructor(pace: Pace) {
    this.#pace = pace;
    this.move();
  }

  move(): void {
    this.index = Math.floor(this.#pace.random() * 2 ** 16);
  }
}
