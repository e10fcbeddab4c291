import { TtlMap } from '../../../shared/kernel/ttl-map.ts';
import type { LocationCache } from '../../locations/index.ts';
import {
  type PlanCache,
  type ShardCounters,
  type ShardId,
  type ShardStore,
  type SkuPlan,
  shardName,
  shardNames,
} from '../../sharding/index.ts';
import { type Shortage, type StockView, viewOf } from '../../sourcing/index.ts';
import { refusalMs } from '../domain/snapshot.ts';

/**
 * How long the last seen count of a shard influences the choice of shards. A wrong count costs a failed attempt or a
 * farther location, but never a wrong answer.
 */
const countMs = 1_000;

/** The counts of shards that this process last saw. They direct attempts; they never decide that units are there. */
export class ShardCounts {
  readonly #counts = new TtlMap<number>(countMs);
  /**
   * SKUs that were found insufficient in all shards, which are refused without another read for as long as the design
   * permits. A denial may refuse an order, but never admits one.
   */
  readonly #denials = new TtlMap<number>(refusalMs);
  /** When this process gave units of a SKU back. */
  readonly #credits = new TtlMap<number>(refusalMs);
  readonly #plans: PlanCache;
  readonly #locations: LocationCache;
  readonly #nowMs: () => number;

  /** @param nowMs milliseconds since any fixed moment. */
  constructor(plans: PlanCache, locations: LocationCache, nowMs: () => number) {
    this.#plans = plans;
    this.#locations = locations;
    this.#nowMs = nowMs;
  }

  /** The units that may be available: the counts last seen, and Infinity for shards not seen in the last second. */
  view(plans: readonly SkuPlan[]): StockView {
    const names = plans.flatMap(({ sku, locations }) => locations.flatMap((there) => shardNames(sku, there)));
    const known = this.#counts.getAll(names, this.#nowMs());
    return viewOf(plans, known, Number.POSITIVE_INFINITY, this.#locations.known);
  }

  /** Takes over counters that were just read. A closed shard counts as empty. */
  learn(shards: readonly ShardCounters[]): void {
    const nowMs = this.#nowMs();
    for (const shard of shards) {
      const { available, closedTo } = shard;
      this.#counts.set(shardName(shard), closedTo === undefined ? available : 0, nowMs);
      // A plan that names a closed shard is outdated.
      if (closedTo !== undefined) this.#plans.forget(shard.sku);
    }
  }

  /** Takes over counts that were seen at `seenAt`, except of shards seen since. */
  learnOlder(counts: ReadonlyMap<string, number>, seenAt: number): void {
    for (const [name, available] of counts) {
      if ((this.#counts.since(name) ?? Number.NEGATIVE_INFINITY) < seenAt) this.#counts.set(name, available, seenAt);
    }
  }

  /** Subtracts debits of this process from the cached counts. */
  learnDebits(debits: readonly (ShardId & { readonly quantity: number })[]): void {
    const nowMs = this.#nowMs();
    for (const debit of debits) {
      const name = shardName(debit);
      const known = this.#counts.get(name, nowMs);
      if (known !== undefined) this.#counts.set(name, Math.max(0, known - debit.quantity), nowMs);
    }
  }

  /** Remembers that no more than these units were found in all shards. */
  deny(insufficient: readonly Shortage[]): void {
    for (const { sku, available } of insufficient) this.#denials.set(sku, available, this.#nowMs());
  }

  /** The SKUs of which too few units were found within the last {@link refusalMs}. */
  denied(wanted: ReadonlyMap<string, number>): Shortage[] {
    const denials = this.#denials.getAll([...wanted.keys()], this.#nowMs());
    return [...denials].flatMap(([sku, available]) => {
      const units = wanted.get(sku) ?? 0;
      return available < units ? [{ sku, wanted: units, available }] : [];
    });
  }

  /** Forgets the counts of shards to which units came back, and the denials of their SKUs. */
  forget(shards: readonly ShardId[]): void {
    for (const shard of shards) {
      this.#counts.delete(shardName(shard));
      this.#denials.delete(shard.sku);
      this.#credits.set(shard.sku, this.#nowMs(), this.#nowMs());
    }
  }

  /** Forgets the plans and denials of these SKUs. */
  forgetSkus(skus: Iterable<string>): void {
    for (const sku of skus) {
      this.#plans.forget(sku);
      this.#denials.delete(sku);
    }
  }

  /** When this process last gave units of a SKU back, within the last {@link refusalMs}; else -Infinity. */
  creditedAt(sku: string): number {
    return this.#credits.get(sku, this.#nowMs()) ?? Number.NEGATIVE_INFINITY;
  }
}

/** Wraps a shard store so that the cached counts of shards that get units back or exchange them are forgotten. */
export function forgettingReturns(shards: ShardStore, counts: ShardCounts): ShardStore {
  return {
    ...shards,
    async undoDebit(units) {
      const result = await shards.undoDebit(units);
      if (result.outcome === 'undone' || result.outcome === 'gone') counts.forget([units]);
      return result;
    },
    transfer(transfer) {
      counts.forget([transfer.from, ...(transfer.to === undefined ? [] : [transfer.to])]);
      return shards.transfer(transfer);
    },
  };
}
