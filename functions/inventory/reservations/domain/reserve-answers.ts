import { type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { maxTransactionActions } from '../../sharding/commands/stock-table.ts';
import type { Pieces, Shortage } from '../../sourcing/domain/allocate.ts';
import type { Surroundings } from '../commands/survey-stock.ts';
import { answerReserve, type OpenReservation, perShard } from './reservation.ts';
import type { StockHold, StockRequest } from './stock-store.ts';

export type ReserveAnswer = StockHold | Refusal<'OUT_OF_STOCK' | 'RESERVATION_CLOSED' | 'HOLD_EXPIRED'>;

/** A repetition must have the first answer even when nothing is left by now. */
export async function answerFromRecord(
  orderId: string,
  now: Instant,
  { table }: Surroundings,
): Promise<ReserveAnswer | undefined> {
  const { reservation } = await table.read({ orderId }, 'latest');
  return reservation === undefined ? undefined : answerReserve(reservation, now);
}

export function outOfStock(short: readonly Shortage[]): Refusal<'OUT_OF_STOCK'> {
  const each = short.map(({ sku, wanted, available, apart }) => {
    return `${sku}: ${wanted} wanted, ${available} available${apart ? ', but not together at one location' : ''}`;
  });
  return refuse('OUT_OF_STOCK', each.join('; '));
}

/** @throws Error for parts of more shards than one write can bind. */
export function holdOf({ orderId, expiresAt }: StockRequest, { parts, sourcing }: Pieces): OpenReservation {
  const shards = perShard(parts).length;
  if (shards >= maxTransactionActions) {
    throw new Error(
      `order ${orderId} needs pieces of ${shards} shards; a transaction holds ${maxTransactionActions - 1}`,
    );
  }
  return { orderId, state: 'HELD', expiresAt, parts, sourcing, revision: 0 };
}
