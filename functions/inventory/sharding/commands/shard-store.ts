import type { Consistency } from '../../../shared/kernel/consistency.ts';
import type { Contended } from '../../../shared/kernel/contention.ts';
import type { Debit, Return, ShardCounters, Transfer } from '../domain/shard.ts';
import type { ShardId, SkuPlan } from '../domain/shard-plan.ts';

export type DebitOutcome =
  | { readonly outcome: 'debited'; readonly shard: ShardCounters }
  /** The shard has too few units, is closed or does not exist. */
  | { readonly outcome: 'insufficient'; readonly shard: ShardCounters }
  | Contended;

/** `closed`: nothing happened, because these shards are closed. */
export type Closed = { readonly outcome: 'closed'; readonly shards: readonly ShardCounters[] };

export type UndoOutcome =
  | { readonly outcome: 'undone' }
  /** The entry is not there: the debit was undone before, or a reservation is known to bind it. */
  | { readonly outcome: 'gone' }
  | Closed
  | Contended;

/** `refused`: too few units are available, not the expected number, or a shard is closed; nothing happened. */
export type TransferOutcome = { readonly outcome: 'done' } | { readonly outcome: 'refused' } | Contended;

export type ReopenOutcome = { readonly outcome: 'done' } | { readonly outcome: 'plan-changed' } | Contended;

/** The shards of the SKUs. Each call is one atomic request to the store and may be repeated. */
export interface ShardStore {
  /** Reads the counters, in the order of `shards`; zeros for a shard that does not exist. */
  read(shards: readonly ShardId[], consistency: Consistency): Promise<readonly ShardCounters[]>;
  /**
   * Takes units from one shard with one plain write, which is sent once.
   *
   * @throws errors after which the debit may or may not have been made.
   */
  debit(debit: Debit): Promise<DebitOutcome>;
  /** Puts a debit's units back for sale and removes its entry, both only if the entry is still there. */
  undoDebit(units: Return & { readonly nonce: string }): Promise<UndoOutcome>;
  /** Removes entries that a reservation binds; no units move. */
  dropEntries(shard: ShardId, nonces: readonly string[]): Promise<void>;
  /** Moves units between two shards, or closes one, in one transaction. */
  transfer(transfer: Transfer): Promise<TransferOutcome>;
  /** Opens closed shards of a SKU if its plan still has this revision; at most {@link maxReopened} of them. */
  reopen(plan: Pick<SkuPlan, 'sku' | 'revision'>, shards: readonly ShardId[]): Promise<ReopenOutcome>;
}
