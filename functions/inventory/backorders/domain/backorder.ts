import type { LineQuantity } from '../../../../events/vocabulary.ts';
import type { ShardCounters } from '../../sharding/index.ts';
import { type SourcingTerms, unitsWanted } from '../../sourcing/index.ts';

/** The orders that wait for a SKU, taken together. */
export interface QueueTotals {
  readonly sku: string;
  /** Units that orders wait for. Exact: it changes in the transactions that change which orders wait. */
  readonly units: number;
  /** Grows with whatever changes which orders wait, or whether there is still a reason to; 0 before the first. */
  readonly revision: number;
}

/** An order that waits for one SKU at a time, or did so until a moment ago. */
export interface BackorderedOrder extends SourcingTerms {
  readonly orderId: string;
  /** `filled`: it has what it waited for, and is on its way back to its saga. */
  readonly state: 'waiting' | 'filled';
  /** The SKU that is missing, and how many units of it the order wants. */
  readonly sku: string;
  readonly units: number;
  readonly mode: 'backorder' | 'preorder';
  /** When the order was placed, then its id: its place in the queue, in whichever it waits. */
  readonly since: string;
  readonly lines: readonly LineQuantity[];
  /** Of the saga that could not reserve. */
  readonly correlationId: string;
  readonly traceparent: string;
  readonly revision: number;
}

/** A place in a queue. */
export type QueuePlace = Pick<BackorderedOrder, 'orderId' | 'since'>;

/** Units that go from being reserved for backorders back on sale, at the same location. */
export interface Surplus {
  readonly location: string;
  readonly quantity: number;
}

/** Reserved units beyond what orders wait for, from the last location first. */
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

/** The SKU that an order should wait for instead; undefined when what it waits for is still missing. */
export function missingInstead(
  order: BackorderedOrder,
  insufficient: readonly { readonly sku: string }[],
): { readonly sku: string; readonly units: number } | undefined {
  const [first] = insufficient;
  if (first === undefined || insufficient.some(({ sku }) => sku === order.sku)) return undefined;
  return { sku: first.sku, units: unitsWanted(order.lines).get(first.sku) ?? 0 };
}
