import { type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import type { ShardChange, ShardId, SkuPlan } from '../../sharding/index.ts';

export type LedgerKind = 'receipt' | 'adjustment' | 'move' | 'count';

/** Why units came, went or moved: written with the shards that it explains, once for its kind and id. */
export interface LedgerRecord {
  readonly kind: LedgerKind;
  readonly id: string;
  readonly sku: string;
  readonly at: Instant;
  /** The other fields of the kind, in plain values. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Units that come, go or move beside sales: in any number of shards, with the record that explains them. */
export interface Posting {
  readonly sku: string;
  readonly changes: readonly ShardChange[];
  readonly record?: LedgerRecord;
  /** Written over the revision before it, or only required to be this revision still; 0 stands for no plan at all. */
  readonly plan: { readonly write: SkuPlan } | { readonly require: number } | undefined;
}

/** Goods that came in. `receiptId` is the caller's own: the same receipt is booked once, however often it is sent. */
export interface Receipt {
  readonly receiptId: string;
  readonly sku: string;
  readonly location: string;
  readonly quantity: number;
}

/** A receipt with the shards that its units go to. */
export interface Booking {
  readonly receipt: Receipt;
  readonly at: Instant;
  readonly parts: readonly {
    readonly shard: ShardId['shard'];
    readonly quantity: number;
    /** Only if the shard has exactly so many units available. */
    readonly ifAvailable?: number;
  }[];
  /** Written along with the receipt when the SKU or the location is new. */
  readonly plan: SkuPlan | undefined;
  /** Only if the SKU's backorder queue still has this revision, which the receipt changes. */
  readonly queue?: number;
}

interface Entry {
  readonly sku: string;
  readonly at: Instant;
}

/** Units that turned up or went away beside receipts and sales. `quantity` is below zero for those that went. */
export interface Adjustment extends Entry {
  readonly adjustmentId: string;
  readonly location: string;
  readonly quantity: number;
  readonly reason: 'damage' | 'loss' | 'found' | 'correction' | 'return_to_vendor';
  readonly note?: string | undefined;
}

/** A count at a location, and by how much the books were wrong. */
export interface Count extends Entry {
  readonly countId: string;
  readonly location: string;
  readonly counted: number;
  readonly delta: number;
}

export interface Move extends Entry {
  readonly moveId: string;
  readonly from: string;
  readonly to: string;
  readonly quantity: number;
}

/** Units kept back from sale at a location: as many as are wanted, or as were there so far. */
export interface SafetyStock {
  readonly sku: string;
  readonly location: string;
  readonly wanted: number;
  readonly held: number;
}

/**
 * `NOT_ENOUGH_AVAILABLE`: fewer units are for sale than are to leave. `STOCK_TOO_SPREAD`: they lie in more shards than one
 * transaction reaches.
 */
export type CannotTake = Refusal<'NOT_ENOUGH_AVAILABLE' | 'STOCK_TOO_SPREAD'>;

/** A repetition has the first answer if it asks for the same; undefined when the id stands for something else. */
export function repeated<Asked extends object>(
  asked: Asked,
  before: Asked,
  same: readonly (keyof Asked)[],
): Asked | undefined {
  return same.every((field) => asked[field] === before[field]) ? before : undefined;
}

export function idReused(idName: string): Refusal<'LEDGER_ID_REUSED'> {
  return refuse('LEDGER_ID_REUSED', 'The id was used for something else before.', [
    { path: idName, message: 'used before' },
  ]);
}
