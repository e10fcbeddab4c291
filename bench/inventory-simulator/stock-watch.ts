import { reservationPrefix } from '../../functions/inventory/reservations/index.ts';
import { shardPrefix } from '../../functions/inventory/sharding/index.ts';
import type { Item } from './memory-items.ts';
import { columnOf } from './memory-shards.ts';

/** A refusal may rest on what was seen so long ago: the bound of the design. */
const denialMs = 250;
/** And on a read that had begun before: what the reads of all shards take at most. */
const readMs = 25;

/** Sees every write at the moment when it happens, and knows at every moment what was for sale. It reads no code of the algorithms. */
export class StockWatch {
  readonly #nowMs: () => number;
  #free = 0;
  /** Since when there has been something for sale without a break. */
  #freeSince: number | undefined;
  /** Shards that were seen below zero. */
  readonly belowZero = new Set<string>();
  readonly #open = new Map<string, number>();
  #longestOpenMs = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  readonly witness = (key: string, before: Item | undefined, after: Item): void => {
    if (key.startsWith(reservationPrefix)) this.#settleBound(after);
    // Units that are withheld are in shards without a number; no sale looks at them.
    if (!key.startsWith(shardPrefix) || !/#\d+$/.test(key)) return;
    const available = columnOf(after, 'av');
    if (Math.min(available, columnOf(after, 'rs'), columnOf(after, 'sh')) < 0) this.belowZero.add(key);
    this.#change(available - columnOf(before, 'av'));
    this.#followJournal(before, after);
  };

  /** What is to be said of a refusal at this moment for want of a single unit. */
  judgeDenial(): { readonly strictlyWrong: boolean; readonly wrong: boolean } {
    if (this.#freeSince === undefined) return { strictlyWrong: false, wrong: false };
    return { strictlyWrong: true, wrong: this.#nowMs() - this.#freeSince > denialMs + readMs };
  }

  get free(): number {
    return this.#free;
  }

  /** Debits of which nobody has said yet whether they stand: neither bound by a reservation nor credited. */
  get openDebits(): number {
    return this.#open.size;
  }

  /** The longest time that a debit was open. */
  get longestOpenMs(): number {
    return Math.max(this.#longestOpenMs, ...[...this.#open.values()].map((since) => this.#nowMs() - since));
  }

  #change(difference: number): void {
    this.#free += difference;
    if (this.#free <= 0) this.#freeSince = undefined;
    else this.#freeSince ??= this.#nowMs();
  }

  #followJournal(before: Item | undefined, after: Item): void {
    for (const name in after) {
      if (name.startsWith('j:') && before?.[name] === undefined) this.#open.set(name.slice(2), this.#nowMs());
    }
    if (before === undefined) return;
    for (const name in before) {
      if (name.startsWith('j:') && after[name] === undefined) this.#settle(name.slice(2));
    }
  }

  #settleBound(reservation: Item): void {
    // A record that only remembers voided nonces has no parts.
    const parts = (reservation.parts ?? []) as readonly { readonly n?: string }[];
    for (const { n } of parts) if (n !== undefined) this.#settle(n);
  }

  #settle(nonce: string): void {
    const since = this.#open.get(nonce);
    if (since === undefined) return;
    this.#open.delete(nonce);
    this.#longestOpenMs = Math.max(this.#longestOpenMs, this.#nowMs() - since);
  }
}
