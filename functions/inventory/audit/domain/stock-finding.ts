/** What can be wrong with the stock, and how it is named. */
export const findingKinds = [
  /** A shard's counters contradict each other: received + moved in - moved out is not available + reserved + shipped. */
  'shard_unbalanced',
  'counter_below_zero',
  /** What a shard has reserved is not what orders hold there, debits that no reservation binds yet included. */
  'reserved_differs',
  /** What a shard has shipped is not what left it with shipments. */
  'shipped_differs',
  /** Units that an interrupted reservation took and no sweep has brought back. */
  'journal_entry_forgotten',
  /** Units for sale where nothing sells from. */
  'closed_shard_has_units',
  /** Units in a shard that no plan leads to. */
  'unplanned_shard_has_units',
  /** What a location's shards received is not what its receipts say. */
  'received_differs',
  /** What came into and left a location's shards beside receipts and sales is not what the ledger says. */
  'moved_differs',
  /** The units that orders wait for are not what their queue says. */
  'waiting_differs',
  /** A hold whose time was over long ago and which still keeps its units. */
  'hold_overdue',
  /** An item that makes no sense. */
  'item_unreadable',
  /** A reservation of an order that nobody placed. */
  'order_unknown',
  /** An order that was rejected or cancelled still has units reserved. */
  'ended_order_holds_stock',
  /** A confirmed order has no units reserved for good. */
  'confirmed_order_lacks_stock',
  /** What is reserved for an order is not what it ordered. */
  'order_units_differ',
  /** Units left with a shipment that nobody dispatched. */
  'shipped_without_dispatch',
  /** A shipment was dispatched, and its units are still reserved. */
  'dispatched_not_shipped',
] as const;

export type FindingKind = (typeof findingKinds)[number];

/** One thing that is wrong, what it is about, and the two things that contradict each other. */
export interface StockFinding {
  readonly kind: FindingKind;
  readonly sku?: string;
  readonly location?: string;
  /** Name of the shard, `location#sku#number`. */
  readonly shard?: string;
  readonly orderId?: string;
  /** What else it takes to tell it from others of its kind: the id of a shipment, a nonce, a key. */
  readonly about?: string;
  readonly expected: number | string;
  readonly found: number | string;
}

/** The same for the same trouble, whatever its numbers. */
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

/** In one line, for people. */
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
