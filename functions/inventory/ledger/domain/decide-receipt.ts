import type { Instant } from '../../../shared/kernel/time.ts';
import {
  availableIn,
  maxTransactionActions,
  planWith,
  type ShardCounters,
  type SkuPlan,
  spreadUnits,
  textHash,
} from '../../sharding/index.ts';
import type { Booking, Receipt } from './ledger-record.ts';
import { defaultShards } from './location-books.ts';

/**
 * Beside the shards for sale, a booking writes the receipt, and may write the plan, the backorder queue, and the shards
 * of the units reserved for backorders and for safety.
 */
const maxParts = maxTransactionActions - 5;

/** What a receipt is decided on. */
export interface ReceiptContext {
  readonly before: SkuPlan | undefined;
  /** Absent for a SKU that never had backorders. */
  readonly queue: { readonly units: number; readonly revision: number } | undefined;
  /** Units reserved for backorders so far, where any order waits. */
  readonly reserved: readonly ShardCounters[];
  /** The shard of the location's safety stock, where any is wanted. */
  readonly safety: ShardCounters | undefined;
  /** At most so many shards of the location are open. */
  readonly open: number;
}

/** The plan with the receipt's location in it. */
export function planForReceipt({ sku, location }: Receipt, before: SkuPlan | undefined): SkuPlan {
  return planWith(before, sku, location, defaultShards);
}

/** First come backorders, then safety stock, then units for sale, spread over the shards of the location. */
export function decideReceipt(receipt: Receipt, at: Instant, context: ReceiptContext): Booking {
  const { receiptId, location, quantity } = receipt;
  const { before, queue, reserved, safety, open } = context;
  const plan = planForReceipt(receipt, before);
  const count = plan.locations.find((each) => each.location === location)?.shards ?? defaultShards;
  const shards = Math.min(open, count);
  const awaited = Math.min(quantity, Math.max(0, (queue?.units ?? 0) - availableIn(reserved)));
  const held = safety?.available ?? 0;
  const wanted = safety === undefined ? 0 : (plan.safety?.[location] ?? 0);
  const kept = Math.min(quantity - awaited, Math.max(0, wanted - held));
  const forSale = quantity - awaited - kept;
  // Where orders may wait, none may join the queue without having seen the receipt.
  const watched = queue === undefined && plan.backorder === undefined ? {} : { queue: queue?.revision ?? 0 };
  return {
    ...{ receipt, at },
    parts: [
      ...(awaited === 0 ? [] : [{ shard: 'backorder' as const, quantity: awaited }]),
      ...(kept === 0 ? [] : [{ shard: 'safety' as const, quantity: kept, ifAvailable: held }]),
      ...(forSale === 0 ? [] : spreadUnits(forSale, shards, textHash(receiptId) % shards, maxParts)),
    ],
    plan: plan === before ? undefined : plan,
    ...watched,
  };
}
