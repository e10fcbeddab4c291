import type { Consistency } from '../../../shared/kernel/consistency.ts';
import type { Contended } from '../../../shared/kernel/contention.ts';
import type { JournalEntry } from '../domain/shard.ts';

export type VoidOutcome =
  /** No reservation binds the nonce, and none ever will. */
  | { readonly outcome: 'voided' }
  /** The order's reservation binds it. */
  | { readonly outcome: 'bound' }
  /** So many nonces of this order were voided that no more can be remembered. */
  | { readonly outcome: 'full' }
  | Contended;

/** Which journal entries are bound by reservations. Each call is one request to the store, atomic, and may be repeated. */
export interface BindingStore {
  /** The nonces of those entries that the reservations of their orders bind. What is bound stays bound. */
  boundAmong(entries: readonly JournalEntry[], consistency: Consistency): Promise<ReadonlySet<string>>;
  /** Makes sure that no reservation of the order will ever bind the nonce, unless one does already. */
  voidNonce(orderId: string, nonce: string): Promise<VoidOutcome>;
}
