import { type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import type { ShardChange, ShardId, SkuPlan } from '../../sharding/index.ts';

export type LedgerKind = 'receipt' | 'adjustment' | 'move' | 'count';

/**
 * The reason for a change of stock other than a sale. It is written in one transaction with the shards that it
 * explains, and once for its kind and id.
 */
export interface LedgerRecord {
  readonly kind: LedgerKind;
  readonly id: string;
  readonly sku: string;
  readonly at: Instant;
  /** The other fields of this kind of record, as JSON values. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Changes of stock other than sales, in any number of shards, with the record that explains them. */
export interface Posting {
  readonly sku: string;
  readonly changes: readonly ShardChange[];
  readonly record?: LedgerRecord;
  /**
   * `write` replaces the plan of the previous revision. `require` leaves the plan as it is and demands that its
   * revision is unchanged; 0 demands that there is no plan.
   */
  readonly plan: { readonly write: SkuPlan } | { readonly require: number } | undefined;
}

/**
 * Goods of one SKU that arrived. The caller chooses `receiptId`, which may name a delivery of several SKUs; a receipt
 * whose id and SKU are sent again is not booked again.
 */
export interface Receipt {
  readonly receiptId: string;
  readonly sku: string;
  readonly location: string;
  readonly quantity: number;
}

/** A receipt with the shards that receive its units. */
export interface Booking {
  readonly receipt: Receipt;
  /** Id of the receipt's record in the ledger. */
  readonly recordId: string;
  readonly at: Instant;
  readonly parts: readonly {
    readonly shard: ShardId['shard'];
    readonly quantity: number;
    /** Condition: the shard has exactly this many units available. */
    readonly ifAvailable?: number;
  }[];
  /** The plan to write with the receipt when the SKU or the location is new; otherwise undefined. */
  readonly plan: SkuPlan | undefined;
  /** Condition: the SKU's backorder queue has this revision. The receipt increases it. */
  readonly queue?: number;
}

/** Occurs in no id that a caller chooses. */
const separator = '#';

/**
 * The id of a receipt's record. The first SKU of a delivery has the record of the receipt's id alone, and each further
 * one has a record of its own. The record of the first SKU never changes, so a repetition finds the same record.
 *
 * @param first the SKU of the record with the receipt's id, if there is one.
 */
export function receiptRecordId(
  { receiptId, sku }: Pick<Receipt, 'receiptId' | 'sku'>,
  first: string | undefined,
): string {
  return first === undefined || first === sku ? receiptId : `${receiptId}${separator}${sku}`;
}

/** The receipt's id in the id of its record. */
export function receiptIdIn(recordId: string): string {
  return recordId.split(separator)[0] ?? recordId;
}

interface Entry {
  readonly sku: string;
  readonly at: Instant;
}

/** A correction of stock outside receipts and sales. A negative `quantity` removes units. */
export interface Adjustment extends Entry {
  readonly adjustmentId: string;
  readonly location: string;
  readonly quantity: number;
  readonly reason: 'damage' | 'loss' | 'found' | 'correction' | 'return_to_vendor';
  readonly note?: string | undefined;
}

/**
 * A count of the units on hand at a location. `delta` is the change of the booked number: the counted number minus the
 * booked one, but never so much that reserved units would leave.
 */
export interface Count extends Entry {
  readonly countId: string;
  readonly location: string;
  readonly counted: number;
  /** True to record a count below the number of reserved units. */
  readonly acceptShortage?: boolean | undefined;
  readonly delta: number;
  /** Reserved units that were not found. Absent: none. */
  readonly shortage?: number | undefined;
}

export interface Move extends Entry {
  readonly moveId: string;
  readonly from: string;
  readonly to: string;
  readonly quantity: number;
}

/**
 * Safety stock: units withheld from sale at a location. `held` is below `wanted` while the location does not have
 * enough units for sale.
 */
export interface SafetyStock {
  readonly sku: string;
  readonly location: string;
  readonly wanted: number;
  readonly held: number;
}

/**
 * `NOT_ENOUGH_AVAILABLE`: fewer units may leave than should leave. `STOCK_TOO_SPREAD`: the units are in more shards
 * than one transaction can change.
 */
export type CannotTake = Refusal<'NOT_ENOUGH_AVAILABLE' | 'STOCK_TOO_SPREAD'>;

/**
 * The answer to a request whose id is already in the ledger: the recorded entry if these fields are equal, undefined if
 * the id was used for a different entry.
 */
export function repeated<Entry extends object>(
  requested: Entry,
  recorded: Entry,
  fields: readonly (keyof Entry)[],
): Entry | undefined {
  return fields.every((field) => requested[field] === recorded[field]) ? recorded : undefined;
}

export function idReused(idName: string): Refusal<'LEDGER_ID_REUSED'> {
  return refuse('LEDGER_ID_REUSED', 'The id was already used for a different entry.', [
    { path: idName, message: 'used before' },
  ]);
}
