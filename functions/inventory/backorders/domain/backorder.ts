import type { LineQuantity } from '../../../../events/vocabulary.ts';
import type { ShardCounters } from '../../sharding/index.ts';
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

/** An order that waits for units of one SKU at a time, or has just been filled. */
export interface BackorderedOrder extends SourcingTerms {
  readonly orderId: string;
  /** `filled`: the order has a reservation, and its saga is resumed next. */
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
  readonly revision: number;
}

/** A place in a queue. */
export type QueuePlace = Pick<BackorderedOrder, 'orderId' | 'since'>;

/** Units at a location that are reserved for backorders without need and go on sale. */
export interface Surplus {
  readonly location: string;
  readonly quantity: number;
}

/** The reserved units in excess of what the queued orders want, taken from the last location first. */
export function surplusOf({ units }: QueueTotals, reserved: readonly ShardCounters[]): Surplus[] {
  let left = reserved.reduce((sum, { available }) => sum + available, 0) - units;
  const surplus: Surplus[] = [];
  for (const { location, available } of [...reserved].reverse()) {
    const quantity = Math.min(left, available);
    if (quantity > 0) surplus.push({ location, quantity });
    left -= quantity;
  }
  return surplus;
}

/** The SKU that an order should wait for next; undefined when the SKU that it waits for is still insufficient. */
export function missingInstead(
  order: BackorderedOrder,
  insufficient: readonly { readonly sku: string }[],
): { readonly sku: string; readonly units: number } | undefined {
  const [first] = insufficient;
  if (first === undefined || insufficient.some(({ sku }) => sku === order.sku)) return undefined;
  return { sku: first.sku, units: unitsWanted(order.lines).get(first.sku) ?? 0 };
}
