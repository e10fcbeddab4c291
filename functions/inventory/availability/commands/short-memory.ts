import type { RegisteredLocation } from '../../locations/domain/location.ts';
import { type Board, maxSettled, type ShardCounters } from '../../sharding/commands/stock-table.ts';
import { type ShardId, type SkuPlan, shardName } from '../../sharding/domain/shard-plan.ts';
import { type Places, type StockView, viewOf } from '../../sourcing/domain/stock-view.ts';
import { isOfThePast, refusalMs, unitsOn } from '../domain/snapshot.ts';

/**
 * How long a shard's last seen count steers the choice of shards. Steering wrong costs a failed attempt or a farther
 * location, never a wrong answer.
 */
const hintMs = 1_000;
/** How long a SKU that was found short everywhere is refused without looking again. A bound of the design: it may refuse, never admit. */
const denialMs = refusalMs;
/** Plans change rarely, and a stale one is found out before anything is refused. */
const planMs = 5_000;
/** Locations change by hand. One that was made inactive may be sold from for as long. */
const placesMs = 10_000;
/** How long a board that showed too little makes buyers look before they try: each failed debit costs a write. */
const boardMs = 10_000;
/** How long it is remembered that an entry is bound. It stays so for ever, but not in its journal: the sweep takes it out. */
const boundMs = 60_000;
/** How long it is remembered how many units had moved between shards. The number stays true; it only saves a second look. */
const movesMs = 60_000;
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
  readonly #boards: Fading<Board>;
  readonly #credits: Fading<number>;
  readonly #boardsWrong: Fading<number>;
  readonly #bound: Fading<true>;
  readonly #moves: Fading<number>;
  readonly #settled = new Map<string, string[]>();

  /** @param nowMs milliseconds since any fixed moment. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#hints = new Fading(hintMs);
    this.#denials = new Fading(denialMs);
    this.#plans = new Fading(planMs);
    this.#boards = new Fading(boardMs);
    this.#boardsWrong = new Fading(boardMs);
    this.#bound = new Fading(boundMs);
    this.#moves = new Fading(movesMs);
    this.#credits = new Fading(denialMs);
  }

  plan(sku: string): SkuPlan | undefined {
    return this.#plans.get(sku, this.#nowMs());
  }

  learnPlan(plan: SkuPlan): void {
    this.#plans.set(plan.sku, plan, this.#nowMs());
  }

  /** Units that had moved into a SKU's shards at the last look; 0 where nothing is known. */
  moves(sku: string): number {
    return this.#moves.get(sku, this.#nowMs()) ?? 0;
  }

  learnMoves(sku: string, count: number): void {
    this.#moves.set(sku, count, this.#nowMs());
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

  /** False for a location that staff have made inactive. */
  isSoldFrom({ location }: { readonly location: string }): boolean {
    return this.#places?.byName.get(location)?.active !== false;
  }

  learnShards(shards: readonly ShardCounters[]): void {
    const now = this.#nowMs();
    for (const shard of shards) {
      const { available, closedTo } = shard;
      this.#hints.set(shardName(shard), closedTo === undefined ? available : 0, now);
      // A plan that counts on a closed shard is out of date.
      if (closedTo !== undefined) this.#plans.delete(shard.sku);
    }
  }

  /** The newest board that this process saw, for ten seconds. */
  board(sku: string): Board | undefined {
    return this.#boards.get(sku, this.#nowMs());
  }

  /** Takes over what a board shows, except where this process has seen something since. */
  learnBoard(board: Board, plan: SkuPlan): void {
    const now = this.#nowMs();
    const known = this.board(board.sku);
    if (!isOfThePast(board, now) || (known !== undefined && known.at > board.at)) return;
    this.#boards.set(board.sku, board, now);
    const seenAt = Math.min(board.at, now);
    for (const [name, available] of unitsOn(board, plan)) {
      if ((this.#hints.since(name) ?? Number.NEGATIVE_INFINITY) < seenAt) this.#hints.set(name, available, seenAt);
    }
  }

  /** When this process last gave units of a SKU back, as far as it matters still. */
  creditedAt(sku: string): number {
    return this.#credits.get(sku, this.#nowMs()) ?? Number.NEGATIVE_INFINITY;
  }

  /** The reservation that binds this entry is written: the next debit of the shard takes it out of the journal. */
  settle(shard: ShardId, nonce: string): void {
    if (this.#settled.size >= maxEntries) this.#settled.clear();
    const name = shardName(shard);
    const entries = this.#settled.get(name);
    if (entries === undefined) this.#settled.set(name, [nonce]);
    else entries.push(nonce);
  }

  /** A reservation binds the entry with this nonce: no need to ask again. */
  learnBound(nonce: string): void {
    this.#bound.set(nonce, true, this.#nowMs());
  }

  isBound(nonce: string): boolean {
    return this.#bound.get(nonce, this.#nowMs()) ?? false;
  }

  settledIn(shard: ShardId): string[] {
    return (this.#settled.get(shardName(shard)) ?? []).slice(0, maxSettled);
  }

  /** They have left the journal. */
  forgetSettled(shard: ShardId, nonces: readonly string[]): void {
    const left = (this.#settled.get(shardName(shard)) ?? []).filter((nonce) => !nonces.includes(nonce));
    if (left.length === 0) this.#settled.delete(shardName(shard));
    else this.#settled.set(shardName(shard), left);
  }

  /** These were tried and had too little. */
  learnMisses(shards: readonly ShardCounters[]): void {
    this.learnShards(shards);
    for (const shard of shards) {
      const free = this.board(shard.sku)?.free ?? [];
      const wasFree = free.some((each) => each.location === shard.location && each.shard === shard.shard);
      if (wasFree) this.#boardsWrong.set(shard.sku, this.#nowMs(), this.#nowMs());
    }
  }

  /** When a board was last found to be wrong. */
  boardWrongAt(sku: string): number {
    return this.#boardsWrong.get(sku, this.#nowMs()) ?? Number.NEGATIVE_INFINITY;
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
      this.#credits.set(shard.sku, this.#nowMs(), this.#nowMs());
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

  /** Since when the value is known, old or not. */
  since(key: string): number | undefined {
    return this.#entries.get(key)?.since;
  }

  set(key: string, value: Value, nowMs: number): void {
    if (this.#entries.size >= maxEntries) this.#entries.clear();
    this.#entries.set(key, { value, since: nowMs });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
