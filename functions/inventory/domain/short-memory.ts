import type { RegisteredLocation } from './locations.ts';
import { type ShardId, type SkuPlan, shardName } from './shard-plan.ts';
import type { ShardCounters } from './stock-table.ts';
import { type Places, type StockView, viewOf } from './stock-view.ts';

/**
 * How long a shard's last seen count steers the choice of shards. Steering wrong costs a failed attempt or a farther
 * location, never a wrong answer.
 */
const hintMs = 1_000;
/** How long a SKU that was found short everywhere is refused without looking again. A bound of the design: it may refuse, never admit. */
const denialMs = 250;
/** Plans change rarely, and a stale one is found out before anything is refused. */
const planMs = 5_000;
/** Locations change by hand. One that was made inactive may be sold from for as long. */
const placesMs = 10_000;
/** Entries of each kind. Beyond that everything is forgotten: it is only a memory. */
const maxEntries = 10_000;

/** What one process remembers of the stock, to save reads and failed attempts. It never decides that units are there. */
export class ShortMemory {
  readonly #nowMs: () => number;
  readonly #hints: Fading<number>;
  readonly #denials: Fading<number>;
  readonly #plans: Fading<SkuPlan>;
  /** Kept beyond its time: an old registry is better than none until it has been read again. */
  #places: { readonly byName: Places; readonly since: number } | undefined;

  /** @param nowMs milliseconds since any fixed moment. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#hints = new Fading(hintMs);
    this.#denials = new Fading(denialMs);
    this.#plans = new Fading(planMs);
  }

  plan(sku: string): SkuPlan | undefined {
    return this.#plans.get(sku, this.#nowMs());
  }

  learnPlan(plan: SkuPlan): void {
    this.#plans.set(plan.sku, plan, this.#nowMs());
  }

  /** True when the registry of locations should be read again. */
  placesDue(): boolean {
    const age = this.#places === undefined ? placesMs : this.#nowMs() - this.#places.since;
    // A clock that was set back must not make anything known for longer.
    return age < 0 || age >= placesMs;
  }

  learnPlaces(places: readonly RegisteredLocation[] = []): void {
    this.#places = { byName: new Map(places.map((place) => [place.location, place])), since: this.#nowMs() };
  }

  places(): Places | undefined {
    return this.#places?.byName;
  }

  learnShards(shards: readonly ShardCounters[]): void {
    const now = this.#nowMs();
    for (const shard of shards) this.#hints.set(shardName(shard), shard.available, now);
  }

  /** Keeps what is known of a shard in step with a debit of ours. */
  learnDebit(shard: ShardId, quantity: number): void {
    const known = this.#hints.get(shardName(shard), this.#nowMs());
    if (known !== undefined) this.#hints.set(shardName(shard), Math.max(0, known - quantity), this.#nowMs());
  }

  /** What may be there: the counts last seen, and Infinity for shards not seen of late. */
  view(plans: Iterable<SkuPlan>): StockView {
    const now = this.#nowMs();
    const unitsIn = (shard: ShardId) => this.#hints.get(shardName(shard), now) ?? Number.POSITIVE_INFINITY;
    return viewOf(plans, unitsIn, this.places());
  }

  /** Remembers that no more than `available` units of a SKU were found anywhere. */
  deny(sku: string, available: number): void {
    this.#denials.set(sku, available, this.#nowMs());
  }

  /** The units that were found of a SKU a moment ago, if that is known to be too little. */
  denied(sku: string, wanted: number): number | undefined {
    const available = this.#denials.get(sku, this.#nowMs());
    return available !== undefined && available < wanted ? available : undefined;
  }

  /** Units came back: whatever was known of these SKUs is out of date. */
  forget(shards: readonly ShardId[]): void {
    for (const shard of shards) {
      this.#hints.delete(shardName(shard));
      this.#denials.delete(shard.sku);
    }
  }

  forgetPlan(sku: string): void {
    this.#plans.delete(sku);
    this.#denials.delete(sku);
  }
}

/** Values that are known for a while. */
class Fading<Value> {
  readonly #lifeMs: number;
  readonly #entries = new Map<string, { readonly value: Value; readonly since: number }>();

  constructor(lifeMs: number) {
    this.#lifeMs = lifeMs;
  }

  get(key: string, nowMs: number): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const age = nowMs - entry.since;
    // A clock that was set back must not make anything known for longer.
    if (age >= 0 && age < this.#lifeMs) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, value: Value, nowMs: number): void {
    if (this.#entries.size >= maxEntries) this.#entries.clear();
    this.#entries.set(key, { value, since: nowMs });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
