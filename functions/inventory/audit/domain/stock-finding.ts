/** The kinds of inconsistency that an audit can find. */
const findingKinds = [
  /** The counters of a shard violate: received + moved in - moved out = available + reserved + shipped. */
  'shard_unbalanced',
  'counter_below_zero',
  /** A shard's reserved units differ from the units of its reservations and of its debits without a reservation. */
  'reserved_differs',
  /** A shard's shipped units differ from the units of its shipments. */
  'shipped_differs',
  /** An interrupted reservation debited units, and no sweep has returned them. */
  'journal_entry_forgotten',
  /** A closed shard, which sales do not use, has units for sale. */
  'closed_shard_has_units',
  /** A shard that is in no plan has units. */
  'unplanned_shard_has_units',
  /** The units that the shards of a location received differ from its receipts. */
  'received_differs',
  /**
   * The units moved into and out of the shards of a location, apart from receipts and sales, differ from the ledger.
   */
  'moved_differs',
  /** The units that waiting orders want differ from the total of their queue. */
  'waiting_differs',
  /** A hold that expired long ago still reserves its units. */
  'hold_overdue',
  /** An item that cannot be parsed. */
  'item_unreadable',
  /** A reservation of an order that does not exist. */
  'order_unknown',
  /** An order that was rejected or cancelled still has units reserved. */
  'ended_order_holds_stock',
  /** A confirmed order has no confirmed reservation. */
  'confirmed_order_lacks_stock',
  /** The reserved units of an order line differ from the ordered units. */
  'order_units_differ',
  /** Units were shipped with a shipment that was not dispatched. */
  'shipped_without_dispatch',
  /** A shipment was dispatched, but its units are still reserved. */
  'dispatched_not_shipped',
] as const;

export type FindingKind = (typeof findingKinds)[number];

/** One inconsistency: what it concerns, and the two values that contradict each other. */
export interface StockFinding {
  readonly kind: FindingKind;
  readonly sku?: string;
  readonly location?: string;
  /** Name of the shard, `location#sku#number`. */
  readonly shard?: string;
  readonly orderId?: string;
  /**
   * Distinguishes findings of one kind: id of a shipment or order line, nonce, name of a counter, or key of an item.
   */
  readonly about?: string;
  readonly expected: number | string;
  readonly found: number | string;
}

/** Identifies an inconsistency independently of its two values. */
export function findingName({
  kind,
  sku = '',
  location = '',
  shard = '',
  orderId = '',
  about = '',
}: StockFinding): string {
  return [kind, sku, location, shard, orderId, about].join(' ');
}

/** One line of text for a report. */
export function findingText({ kind, sku, location, shard, orderId, about, expected, found }: StockFinding): string {
  const what = [
    shard === undefined && sku !== undefined && `SKU ${sku}`,
    shard === undefined && location !== undefined && `location ${location}`,
    shard !== undefined && `shard ${shard}`,
    orderId !== undefined && `order ${orderId}`,
    about,
  ].filter(Boolean);
  return `${kind}: ${what.join(', ')}: expected ${expected}, found ${found}`;
}
