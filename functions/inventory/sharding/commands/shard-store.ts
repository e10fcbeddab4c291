import type { Consistency } from '../../../shared/kernel/consistency.ts';
import type { Contended } from '../../../shared/kernel/contention.ts';
import type { Debit, Return, ShardCounters, Transfer } from '../domain/shard.ts';
import type { ShardId, SkuPlan } from '../domain/shard-plan.ts';

export type DebitOutcome =
  | { readonly outcome: 'debited'; readonly shard: ShardCounters }
  /** The shard has too little, is closed or does not exist. */
  | { readonly outcome: 'insufficient'; readonly shard: ShardCounters }
  | Contended;

/** `closed`: nothing happened, because these shards take no units. */
export type Closed = { readonly outcome: 'closed'; readonly shards: readonly ShardCounters[] };

export type UndoOutcome =
  | { readonly outcome: 'undone' }
  /** The entry is not there: it was undone before, or its reservation is known to bind it. */
  | { readonly outcome: 'gone' }
  | Closed
  | Contended;

/** `refused`: too little is available, not what was expected, or a closed shard; nothing happened. */
export type TransferOutcome = { readonly outcome: 'done' } | { readonly outcome: 'refused' } | Contended;

export type ReopenOutcome = { readonly outcome: 'done' } | { readonly outcome: 'plan-changed' } | Contended;

/** The shards of the SKUs. Each call is one request to the store, atomic, and may be repeated. */
export interface ShardStore {
  /** In the order in which they were asked for; one that does not exist has zeros. */
  read(shards: readonly ShardId[], consistency: Consistency): Promise<readonly ShardCounters[]>;
  /** Takes units from one shard with one plain write, which is sent once. What it throws means that it may have happened. */
  debit(debit: Debit): Promise<DebitOutcome>;
  /** Gives a debit's units back and removes its entry, both only if the entry is still there. */
  undoDebit(units: Return & { readonly nonce: string }): Promise<UndoOutcome>;
  /** Removes entries that a reservation binds; no units move. */
  dropEntries(shard: ShardId, nonces: readonly string[]): Promise<void>;
  transfer(transfer: Transfer): Promise<TransferOutcome>;
  /** Opens closed shards of a SKU, if its plan still has this revision; at most {@link maxReopened}. */
  reopen(plan: Pick<SkuPlan, 'sku' | 'revision'>, shards: readonly ShardId[]): Promise<ReopenOutcome>;
}
