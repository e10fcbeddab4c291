import type { Refusal } from '../../../shared/kernel/refusal.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import type { Backorder } from '../../sharding/domain/shard-plan.ts';
import type { SourcingTerms } from '../../sourcing/domain/allocate.ts';
import type { Sourcing } from '../../sourcing/domain/explain-sourcing.ts';

/** Units of one order line. */
export interface LineQuantity {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
}

/** What leaves one location for one order. */
export interface Allocation {
  readonly location: string;
  readonly lines: readonly LineQuantity[];
}

export interface StockRequest extends SourcingTerms {
  readonly orderId: string;
  readonly lines: readonly LineQuantity[];
  /** From this very millisecond on the hold can no longer be confirmed. */
  readonly expiresAt: Instant;
}

export interface StockHold {
  readonly allocations: readonly Allocation[];
  readonly expiresAt: Instant;
  /** Why the units come from where they do. */
  readonly sourcing?: Sourcing;
}

export interface Shipment {
  readonly orderId: string;
  readonly shipmentId: string;
  readonly location: string;
  readonly lines: readonly LineQuantity[];
}

/** Goods that came in. `receiptId` is the caller's own: the same receipt is booked once, however often it is sent. */
export interface Receipt {
  readonly receiptId: string;
  readonly sku: string;
  readonly location: string;
  readonly quantity: number;
}

/** `onHand` = `available` + `reserved` + `safety`: what lies in the building. Shipped units have left it. */
export interface StockLevel {
  readonly onHand: number;
  readonly available: number;
  readonly reserved: number;
  /** Kept back: no order gets them. */
  readonly safety: number;
}

export interface SkuLevels extends StockLevel {
  readonly sku: string;
  /** Of a SKU that orders may wait for, or ever did. */
  readonly backorder?: {
    readonly mode: 'none' | 'backorder' | 'preorder';
    readonly limit?: number | undefined;
    /** Units that orders wait for, and those that lie there for them. The latter are on hand and not available. */
    readonly waiting: number;
    readonly kept: number;
  };
  readonly locations: readonly (StockLevel & { readonly location: string; readonly shipped: number })[];
}

/** How many shards a location's units of a SKU are counted in. */
export interface ShardCount {
  readonly location: string;
  readonly shards: number;
}

/** What a sweep of journals found. */
export interface SweptJournals {
  /** Entries that no reservation binds: their units are for sale again. */
  readonly healedCount: number;
  /** Entries of written reservations that nobody had removed yet. */
  readonly droppedCount: number;
  /** Entries that could not be settled now; the next sweep finds them again. */
  readonly leftCount: number;
}

/** What a release gives back: what no shipment was booked out for, which is the usual, or that as well. */
export type ReleaseExtent = 'unshipped' | 'everything';

/**
 * Stock that is never oversold and never stranded. Every operation may be repeated: it happens once, and each
 * repetition has the same answer. A fault means that it may or may not have happened; repeat it or undo it.
 */
export interface StockStore {
  /**
   * Holds all lines or none. `OUT_OF_STOCK` only if every shard was seen short while the request ran (or at most 250 ms
   * before). `RESERVATION_CLOSED`: the order's stock was released, and a late repetition cannot hold it again.
   * `HOLD_EXPIRED`: its time was over, whether or not that has been tidied up yet.
   */
  reserve(
    request: StockRequest,
    now: Instant,
  ): Promise<StockHold | Refusal<'OUT_OF_STOCK' | 'RESERVATION_CLOSED' | 'HOLD_EXPIRED'>>;

  /** Makes the hold permanent. Refused from the millisecond of its expiry on. */
  confirm(
    orderId: string,
    now: Instant,
  ): Promise<{ readonly confirmed: true } | Refusal<'HOLD_EXPIRED' | 'RESERVATION_CLOSED'>>;

  /**
   * Gives back what is reserved, confirmed or not, to the shards it came from. Shipped units stay shipped, unless it is
   * known that nothing left: then everything comes back. Where nothing is reserved it leaves a mark that refuses a
   * reservation that comes late.
   */
  release(orderId: string, now: Instant, extent?: ReleaseExtent): Promise<{ readonly released: readonly Allocation[] }>;

  /**
   * Books a shipment out: its units are no longer reserved but shipped. Once for each shipment id.
   *
   * @throws Error when the reservation is not confirmed or does not hold these lines at this location.
   */
  commit(shipment: Shipment, now: Instant): Promise<{ readonly committed: true }>;

  receive(receipt: Receipt, now: Instant): Promise<Receipt | Refusal<'RECEIPT_ID_REUSED'>>;

  /** Exact, read from every shard. Undefined for a SKU that was never received. */
  levels(sku: string): Promise<SkuLevels | undefined>;

  /** Units for sale by SKU, 0 where nothing is known. At most 100 SKUs; may be a moment old. */
  availability(skus: readonly string[]): Promise<ReadonlyMap<string, number>>;

  /** How orders may wait for these SKUs; those that they may not wait for are left out. May be a moment old. */
  backorders(skus: readonly string[]): Promise<ReadonlyMap<string, Backorder>>;

  /** Gives a hold's units back if its time is over; false when there was nothing to do. Only tidies up: the expiry itself needs nobody. */
  expire(orderId: string, now: Instant): Promise<boolean>;

  /** Settles what interrupted reservations left in the journals of these SKUs' shards: units that nobody holds are for sale again. */
  sweep(skus: readonly string[]): Promise<SweptJournals>;

  /** Spreads what a location receives from now on over this many shards. A count never shrinks: units may lie there. */
  plan(sku: string, count: ShardCount): Promise<void>;
}
