import type { Consistency } from '../../../shared/kernel/consistency.ts';
import type { Contended } from '../../../shared/kernel/contention.ts';
import type { JournalEntry } from '../domain/shard.ts';

export type VoidOutcome =
  /** No reservation binds the nonce, and none ever can. */
  | { readonly outcome: 'voided' }
  /** The order's reservation binds it. */
  | { readonly outcome: 'bound' }
  /** The order's record holds the maximum number of voided nonces, so that this one was not added. */
  | { readonly outcome: 'full' }
  | Contended;

/** Tells which journal entries reservations bind. Each call is one atomic request to the store and may be repeated. */
export interface BindingStore {
  /** The nonces of those entries that the reservations of their orders bind. A binding never ends. */
  boundAmong(entries: readonly JournalEntry[], consistency: Consistency): Promise<ReadonlySet<string>>;
  /** Voids a nonce: no reservation of the order can bind it from then on. Does nothing when one binds it already. */
  voidNonce(orderId: string, nonce: string): Promise<VoidOutcome>;
}
