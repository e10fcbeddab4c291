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
import { type Booking, type Receipt, receiptRecordId } from './ledger-record.ts';
import { defaultShards } from './location-books.ts';

/**
 * Shards for sale that a booking can change in one transaction. It also writes the receipt, and may write the plan, the
 * backorder queue, and the shards of the units reserved for backorders and for safety.
 */
const maxParts = maxTransactionActions - 5;

/** The stored state that the booking of a receipt depends on. */
export interface ReceiptContext {
  readonly before: SkuPlan | undefined;
  /** Absent for a SKU that never had backorders. */
  readonly queue: { readonly units: number; readonly revision: number } | undefined;
  /** The shards of units reserved for backorders; empty when no order waits. */
  readonly reserved: readonly ShardCounters[];
  /** The shard of the location's safety stock; undefined when none is wanted. */
  readonly safety: ShardCounters | undefined;
  /** Upper bound of the number of open shards at the location; may be infinite. */
  readonly open: number;
  /** The SKU of the record that the ledger has under the receipt's id; undefined when none was found. */
  readonly first: string | undefined;
}

/** The plan with the receipt's location in it. */
export function planForReceipt({ sku, location }: Receipt, before: SkuPlan | undefined): SkuPlan {
  return planWith(before, sku, location, defaultShards);
}

/**
 * Divides the units of a receipt: first to backorders, then to safety stock, and the rest for sale, spread over the
 * shards of the location.
 */
export function decideReceipt(receipt: Receipt, at: Instant, context: ReceiptContext): Booking {
  const { receiptId, location, quantity } = receipt;
  const { before, queue, reserved, safety, open, first } = context;
  const plan = planForReceipt(receipt, before);
  const count = plan.locations.find((each) => each.location === location)?.shards ?? defaultShards;
  const shards = Math.min(open, count);
  const awaited = Math.min(quantity, Math.max(0, (queue?.units ?? 0) - availableIn(reserved)));
  const held = safety?.available ?? 0;
  const wanted = safety === undefined ? 0 : (plan.safety?.[location] ?? 0);
  const kept = Math.min(quantity - awaited, Math.max(0, wanted - held));
  const forSale = quantity - awaited - kept;
  // Where backorders are possible, the receipt changes the queue, so that an order that read the stock before cannot
  // join.
  const watched = queue === undefined && plan.backorder === undefined ? {} : { queue: queue?.revision ?? 0 };
  return {
    ...{ receipt, at, recordId: receiptRecordId(receipt, first) },
    parts: [
      ...(awaited === 0 ? [] : [{ shard: 'backorder' as const, quantity: awaited }]),
      ...(kept === 0 ? [] : [{ shard: 'safety' as const, quantity: kept, ifAvailable: held }]),
      ...(forSale === 0 ? [] : spreadUnits(forSale, shards, textHash(receiptId) % shards, maxParts)),
    ],
    plan: plan === before ? undefined : plan,
    ...watched,
  };
}
