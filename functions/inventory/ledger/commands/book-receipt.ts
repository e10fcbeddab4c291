import { backOff } from '../../../shared/kernel/backoff.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import { type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { untilUncontended } from '../../../shared/kernel/until-uncontended.ts';
import type { WaitingLine } from '../../backorders/commands/backorder-queue.ts';
import { keptFor } from '../../backorders/domain/backorder-allocation.ts';
import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import type { Receipt, ShardCount } from '../../reservations/domain/stock-store.ts';
import { type Booking, maxTransactionActions, type StockTable } from '../../sharding/commands/stock-table.ts';
import { planWith, type SkuPlan, spreadUnits } from '../../sharding/domain/shard-plan.ts';
import { textHash } from '../../sharding/domain/text-hash.ts';
import { defaultShards } from '../domain/location-books.ts';

/**
 * Beside the shards for sale, a booking writes the receipt, and may write the plan, the line of those who wait, and the
 * shards of what is kept for them and for safety.
 */
const maxPieces = maxTransactionActions - 5;
/** Times a plan is decided on anew because somebody else changed it. Plans change when a location is new, or by hand. */
const maxDecisions = 5;
/** Times a receipt is decided on anew. Its line changes with every order that begins to wait: a second in all. */
const maxBookings = 10;

/**
 * Books a receipt over all shards of its location, and the plan along with it when SKU or location are new. First come
 * those who wait, then what is kept for safety, then whoever buys.
 */
export async function receiveStock(
  receipt: Receipt,
  at: Instant,
  { table, memory, pace }: Surroundings,
): Promise<Receipt | Refusal<'RECEIPT_ID_REUSED'>> {
  const { receiptId, sku, location, quantity } = receipt;
  let open = Number.POSITIVE_INFINITY;
  for (let round = 0; round < maxBookings; round++) {
    const { plans, lines } = await table.read({ skus: [sku], lines: [sku] }, 'latest');
    const before = plans.get(sku);
    const line = lines?.get(sku);
    const plan = planWith(before, sku, location, defaultShards);
    const shards = Math.min(open, shardsAt(plan, location));
    const awaited = await piecesAwaited(receipt, plan, line, table);
    const kept = await piecesKeptBack({ ...receipt, quantity: quantity - unitsIn(awaited) }, plan, table);
    const forSale = quantity - unitsIn(awaited) - unitsIn(kept);
    const onSale = forSale === 0 ? [] : spreadUnits(forSale, shards, textHash(receiptId) % shards, maxPieces);
    const pieces = [...awaited, ...kept, ...onSale];
    // Where orders may wait, none begins to without having seen the receipt.
    const watched = line === undefined && plan.backorder === undefined ? {} : { line: line?.revision ?? 0 };
    const booking = { receipt, at, pieces, plan: plan === before ? undefined : plan, ...watched };
    const result = await untilUncontended(pace, () => table.book(booking));
    if (result.outcome === 'exists') return answerRepetition(receipt, result.receipt);
    // The location is shrinking; its plan will say so in a moment.
    if (result.outcome === 'closed') open = Math.min(...result.shards.map(({ closedTo = open }) => closedTo));
    if (result.outcome === 'booked') {
      memory.learnPlan(plan);
      memory.forget(pieces.map(({ shard }) => ({ location, sku, shard })));
      return receipt;
    }
    if (result.outcome === 'plan-changed' && 'line' in watched) await backOff(round, pace);
  }
  throw new TransientFault(`SKU ${sku}: its plan or line changed ${maxBookings} times meanwhile`);
}

/** What of a receipt those have coming who wait, as far as it does not lie there already. */
async function piecesAwaited(
  { quantity }: Receipt,
  plan: SkuPlan,
  line: WaitingLine | undefined,
  table: StockTable,
): Promise<Booking['pieces']> {
  if (line === undefined || line.units === 0) return [];
  const kept = await keptFor(plan, table);
  const there = kept.reduce((sum, { available }) => sum + available, 0);
  const missing = Math.min(quantity, Math.max(0, line.units - there));
  return missing === 0 ? [] : [{ shard: 'backorder', quantity: missing }];
}

function unitsIn(pieces: readonly { readonly quantity: number }[]): number {
  return pieces.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** What of a receipt is missing from the safety stock of its location. */
async function piecesKeptBack(
  { sku, location, quantity }: Receipt,
  plan: SkuPlan,
  table: StockTable,
): Promise<Booking['pieces']> {
  const wanted = plan.safety?.[location] ?? 0;
  if (wanted === 0 || quantity === 0) return [];
  const { shards } = await table.read({ shards: [{ location, sku, shard: 'safety' }] }, 'latest');
  const held = shards[0]?.available ?? 0;
  const missing = Math.min(quantity, Math.max(0, wanted - held));
  return missing === 0 ? [] : [{ shard: 'safety', quantity: missing, ifAvailable: held }];
}

/** Gives a location at least so many shards. They are empty until the next receipt. */
export async function planShards(sku: string, { location, shards }: ShardCount, around: Surroundings): Promise<void> {
  for (let round = 0; round < maxDecisions; round++) {
    const before = (await around.table.read({ skus: [sku] }, 'latest')).plans.get(sku);
    const plan = planWith(before, sku, location, shards);
    if (plan === before || (await around.table.writePlan(plan)) === 'written') {
      around.memory.learnPlan(plan);
      return;
    }
  }
  throw new TransientFault(`SKU ${sku}: the plan changed ${maxDecisions} times meanwhile`);
}

function shardsAt(plan: SkuPlan, location: string): number {
  return plan.locations.find((each) => each.location === location)?.shards ?? defaultShards;
}

function answerRepetition(asked: Receipt, booked: Receipt): Receipt | Refusal<'RECEIPT_ID_REUSED'> {
  const { receiptId, sku, location, quantity } = booked;
  if (sku === asked.sku && location === asked.location && quantity === asked.quantity) return asked;
  return refuse(
    'RECEIPT_ID_REUSED',
    `Receipt ${receiptId} was booked with other content: ${quantity} of ${sku} at ${location}.`,
    [{ path: 'receiptId', message: 'used before' }],
  );
}
