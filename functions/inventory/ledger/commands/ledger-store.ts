import type { Contended } from '../../../shared/kernel/contention.ts';
import type { Closed, SkuPlan } from '../../sharding/index.ts';
import type { Booking, LedgerKind, LedgerRecord, Posting, Receipt } from '../domain/ledger-record.ts';

export type PostOutcome =
  | { readonly outcome: 'posted' }
  /** The ledger already has a record of this kind and id. The caller compares its content. */
  | { readonly outcome: 'repeated'; readonly record: LedgerRecord }
  /** A condition on the plan or a shard failed; nothing was written. */
  | { readonly outcome: 'changed' }
  | Contended;

export type BookOutcome =
  | { readonly outcome: 'booked' }
  | { readonly outcome: 'exists'; readonly receipt: Receipt }
  | { readonly outcome: 'plan-changed' }
  | Closed
  | Contended;

/**
 * Port to the ledger and the shards that it explains. Each call is one atomic request to the store and may be repeated.
 */
export interface LedgerStore {
  /** A SKU's plan and a ledger record, strongly consistent. */
  planAndRecord(
    sku: string,
    entry: { readonly kind: LedgerKind; readonly id: string } | undefined,
  ): Promise<{ readonly plan: SkuPlan | undefined; readonly record: LedgerRecord | undefined }>;
  post(posting: Posting): Promise<PostOutcome>;
  book(booking: Booking): Promise<BookOutcome>;
}
