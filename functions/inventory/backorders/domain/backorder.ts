import type { LineQuantity } from '../../../../events/vocabulary.ts';
import { maxTransactionActions, type ShardCounters } from '../../sharding/index.ts';
import { type SourcingTerms, unitsWanted } from '../../sourcing/index.ts';

/** Totals of the backorder queue of a SKU. */
export interface QueueTotals {
  readonly sku: string;
  /** Units that the queued orders want. Exact, because the transactions that change the queue change it too. */
  readonly units: number;
  /**
   * Increases when an order joins or leaves, and when units arrive or the queue is woken; 0 before the first change.
   */
  readonly revision: number;
}

/** An order that waits for units of one SKU at a time, or has just left the queue. */
export interface BackorderedOrder extends SourcingTerms {
  readonly orderId: string;
  /**
   * `filled`: the order has left the queue, and its saga is resumed next. It has a reservation; or it lacks a SKU for
   * which no order may wait, and its saga rejects it.
   */
  readonly state: 'waiting' | 'filled';
  /** The SKU that is missing, and how many units of it the order wants. */
  readonly sku: string;
  readonly units: number;
  readonly mode: 'backorder' | 'preorder';
  /** Sort key in every queue: the time the order was placed, then its id. */
  readonly since: string;
  readonly lines: readonly LineQuantity[];
  /** Correlation id of the saga that could not reserve. */
  readonly correlationId: string;
  readonly traceparent: string;
  /** Version of the order from which the saga started that could not reserve. */
  readonly orderVersion: number;
  readonly revision: number;
}

/** Identifies the record of one wait: each run of the saga starts from another version of the order. */
export type FilledOrder = Pick<BackorderedOrder, 'orderId' | 'orderVersion' | 'revision'>;

/** A place in a queue. */
export type QueuePlace = Pick<BackorderedOrder, 'orderId' | 'since'>;

/** Units at a location that are reserved for backorders without need and go on sale. */
export interface Surplus {
  readonly location: string;
  readonly quantity: number;
}

/** Locations in one write of surplus units: each has two shards, and the queue is written too. */
const maxSurplus = Math.floor((maxTransactionActions - 1) / 2);

/**
 * The reserved units in excess of what the queued orders want, taken from the last location first. Those of more
 * locations than one write takes are left to the next walk, which the write triggers.
 */
export function surplusOf({ units }: QueueTotals, reserved: readonly ShardCounters[]): Surplus[] {
  let left = reserved.reduce((sum, { available }) => sum + available, 0) - units;
  const surplus: Surplus[] = [];
  for (const { location, available } of [...reserved].reverse()) {
    const quantity = Math.min(left, available);
    if (quantity > 0) surplus.push({ location, quantity });
    left -= quantity;
  }
  return surplus.slice(0, maxSurplus);
}

/** What becomes of the first order of a queue that cannot be filled. */
export type Unfilled =
  | { readonly next: 'wait' }
  /** It waits for another SKU from now on. */
  | { readonly next: 'move'; readonly to: Pick<BackorderedOrder, 'sku' | 'units' | 'mode'> }
  /** It lacks a SKU for which no order may wait. */
  | { readonly next: 'leave' };

/**
 * Decides about an order that cannot be filled. While the SKU that it waits for is insufficient, it waits. When only
 * others are, it waits for the first of them, or leaves the queue when one of them accepts no backorders.
 *
 * @param accepting how each SKU that accepts backorders does.
 */
export function unfilled(
  order: BackorderedOrder,
  insufficient: readonly { readonly sku: string }[],
  accepting: ReadonlyMap<string, BackorderedOrder['mode']>,
): Unfilled {
  const [first] = insufficient;
  if (first === undefined || insufficient.some(({ sku }) => sku === order.sku)) return { next: 'wait' };
  const mode = accepting.get(first.sku);
  if (mode === undefined || !insufficient.every(({ sku }) => accepting.has(sku))) return { next: 'leave' };
  return { next: 'move', to: { sku: first.sku, units: unitsWanted(order.lines).get(first.sku) ?? 0, mode } };
}
