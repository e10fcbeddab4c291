import { backOff, type Pace } from '../../../shared/kernel/backoff.ts';
import { untilUncontended } from '../../../shared/kernel/contention.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import { type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { assertUnits } from '../../../shared/kernel/units.ts';
import { type PlanQueues, reservedForBackorders } from '../../backorders/index.ts';
import type { ShardStore } from '../../sharding/index.ts';
import { decideReceipt, planForReceipt } from '../domain/decide-receipt.ts';
import { type Receipt, repeated } from '../domain/ledger-record.ts';
import type { LedgerStore } from './ledger-store.ts';

/**
 * Attempts to book a receipt. The queue changes whenever an order joins it; the pauses between the attempts add up to
 * about a second.
 */
const maxBookings = 10;

export interface ReceiptDependencies {
  readonly ledger: Pick<LedgerStore, 'book'>;
  readonly planQueues: PlanQueues;
  readonly shards: Pick<ShardStore, 'read'>;
  readonly pace: Pace;
}

/**
 * Books a receipt once for its id and SKU. Its units are spread over the shards of its location; a new SKU or location is added
 * to the plan in the same transaction.
 *
 * @throws TransientFault when the plan or the queue changed during every attempt.
 */
export async function bookReceipt(
  receipt: Receipt,
  at: Instant,
  { ledger, planQueues, shards, pace }: ReceiptDependencies,
): Promise<Receipt | Refusal<'RECEIPT_ID_REUSED'>> {
  assertUnits(receipt.quantity);
  const { sku, location } = receipt;
  let open = Number.POSITIVE_INFINITY;
  let first: string | undefined;
  for (let attempt = 0; attempt < maxBookings; attempt++) {
    const { plans, queues } = await planQueues.plansAndQueues([sku], 'strong');
    const [before, queue] = [plans.get(sku), queues.get(sku)];
    const plan = planForReceipt(receipt, before);
    const reserved = queue === undefined || queue.units === 0 ? [] : await reservedForBackorders(plan, shards);
    const [safety] =
      (plan.safety?.[location] ?? 0) === 0 ? [] : await shards.read([{ location, sku, shard: 'safety' }], 'strong');
    const booking = decideReceipt(receipt, at, { before, queue, reserved, safety, open, first });
    const result = await untilUncontended(pace, () => ledger.book(booking));
    if (result.outcome === 'booked') return receipt;
    if (result.outcome === 'exists' && result.receipt.sku === sku) return answerRepetition(receipt, result.receipt);
    // Another SKU of the same delivery.
    if (result.outcome === 'exists') first = result.receipt.sku;
    // The number of shards is being reduced and the plan is not written yet.
    if (result.outcome === 'closed') open = Math.min(...result.shards.map(({ closedTo = open }) => closedTo));
    if (result.outcome === 'plan-changed' && booking.queue !== undefined) await backOff(attempt, pace);
  }
  throw new TransientFault(`SKU ${sku}: the plan or the queue changed during each of ${maxBookings} attempts`);
}

function answerRepetition(requested: Receipt, booked: Receipt): Receipt | Refusal<'RECEIPT_ID_REUSED'> {
  const { receiptId, sku, location, quantity } = booked;
  const same = repeated(requested, booked, ['sku', 'location', 'quantity']);
  return (
    same ??
    refuse(
      'RECEIPT_ID_REUSED',
      `Receipt ${receiptId} was already booked with different content: ${quantity} of ${sku} at ${location}.`,
      [{ path: 'receiptId', message: 'used before' }],
    )
  );
}
