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

/** How long it is remembered how many units had moved between shards. The number stays true; it only saves a second read. */
const movesMs = 60_000;

/** What a reservation reads and writes. */
export interface ReserveStores {
  readonly reservations: Pick<ReservationStore, 'find' | 'hold'>;
  readonly stock: StockReader;
  readonly planReader: PlanReader;
  readonly planStore: PlanStore;
  readonly shards: ShardStore;
  readonly bindings: BindingStore;
  readonly snapshotStore: SnapshotStore;
}

/** What one process remembers between reservations. It saves reads and failed attempts; it never decides that units are there. */
export interface ReserveCaches {
  readonly plans: PlanCache;
  readonly locations: LocationCache;
  readonly counts: ShardCounts;
  readonly snapshots: SnapshotCache;
  /** Units that had moved into a SKU's shards at the last strong read. */
  readonly moves: TtlMap<number>;
  readonly entriesToDrop: EntriesToDrop;
  readonly bound: BoundNonces;
}

/** One execution environment. */
export interface ReserveProcess extends ReserveCaches {
  readonly home: HomeShard;
  readonly pace: Pace;
  /** A text of ten characters that was never used before. */
  nonce(): string;
  /** The machine's clock in milliseconds since 1970: only for the ages of snapshots and entries, never to decide whether a hold is over. */
  nowMs(): number;
}

export interface ReserveDependencies extends ReserveStores, ReserveProcess {
  readonly contention: Contention;
}

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

/** What reserving works with, from its stores and the state of its process. */
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
 * The shard that a process tries first, the same until it collides there: buyers in different processes want different
 * shards, and what a process remembers of its own stays right.
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
