import { reservationPrefix } from '../../functions/inventory/reservations/index.ts';
import { shardPrefix } from '../../functions/inventory/sharding/index.ts';
import type { Item } from './memory-items.ts';
import { columnOf } from './memory-shards.ts';

/** A refusal may rest on counts of this age: the bound of the design. */
const denialMs = 250;
/** A refusal may also rest on a read that began before: this is the longest time that reading all shards takes. */
const readMs = 25;

/**
 * Observes every write when it happens, and knows at every moment which units are for sale. It uses no code of the
 * algorithms.
 */
export class StockWatch {
  readonly #nowMs: () => number;
  #free = 0;
  /** Since when units have been for sale without interruption. */
  #freeSince: number | undefined;
  /** Shards whose units for sale were negative at some moment. */
  readonly belowZero = new Set<string>();
  readonly #open = new Map<string, number>();
  #longestOpenMs = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  readonly witness = (key: string, before: Item | undefined, after: Item | undefined): void => {
    if (after === undefined) return;
    if (key.startsWith(reservationPrefix)) this.#closeBound(after);
    // Withheld units are in shards without a number; no sale takes them.
    if (!key.startsWith(shardPrefix) || !/#\d+$/.test(key)) return;
    const available = columnOf(after, 'av');
    if (Math.min(available, columnOf(after, 'rs'), columnOf(after, 'sh')) < 0) this.belowZero.add(key);
    this.#change(available - columnOf(before, 'av'));
    this.#followJournal(before, after);
  };

  /** Judges a refusal of a single unit at this moment. */
  judgeDenial(): { readonly strictlyWrong: boolean; readonly wrong: boolean } {
    if (this.#freeSince === undefined) return { strictlyWrong: false, wrong: false };
    return { strictlyWrong: true, wrong: this.#nowMs() - this.#freeSince > denialMs + readMs };
  }

  get free(): number {
    return this.#free;
  }

  /** Debits that are open: neither bound by a reservation nor returned. */
  get openDebits(): number {
    return this.#open.size;
  }

  /** The longest time for which a debit was open. */
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
      if (name.startsWith('j:') && after[name] === undefined) this.#close(name.slice(2));
    }
  }

  #closeBound(reservation: Item): void {
    // A record that only holds voided nonces has no parts.
    const parts = (reservation.parts ?? []) as readonly { readonly n?: string }[];
    for (const { n } of parts) if (n !== undefined) this.#close(n);
  }

  #close(nonce: string): void {
    const since = this.#open.get(nonce);
    if (since === undefined) return;
    this.#open.delete(nonce);
    this.#longestOpenMs = Math.max(this.#longestOpenMs, this.#nowMs() - since);
  }
}
