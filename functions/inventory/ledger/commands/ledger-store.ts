import type { Contended } from '../../../shared/kernel/contention.ts';
import type { Closed, SkuPlan } from '../../sharding/index.ts';
import type { Booking, LedgerKind, LedgerRecord, Posting, Receipt } from '../domain/ledger-record.ts';

export type PostOutcome =
  | { readonly outcome: 'posted' }
  /** The ledger has a record of this kind and id already. Whether it says the same is for the caller to compare. */
  | { readonly outcome: 'repeated'; readonly record: LedgerRecord }
  /** Plan or shards were not as expected; nothing happened. */
  | { readonly outcome: 'changed' }
  | Contended;

export type BookOutcome =
  | { readonly outcome: 'booked' }
  | { readonly outcome: 'exists'; readonly receipt: Receipt }
  | { readonly outcome: 'plan-changed' }
  | Closed
  | Contended;

/** The ledger with the shards that it explains. Each call is one request to the store, atomic, and may be repeated. */
export interface LedgerStore {
  /** A SKU's plan and a ledger record, as of now. */
  planAndRecord(
    sku: string,
    entry: { readonly kind: LedgerKind; readonly id: string } | undefined,
  ): Promise<{ readonly plan: SkuPlan | undefined; readonly record: LedgerRecord | undefined }>;
  post(posting: Posting): Promise<PostOutcome>;
  book(booking: Booking): Promise<BookOutcome>;
}
