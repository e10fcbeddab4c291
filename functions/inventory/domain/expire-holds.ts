import type { Instant } from '../../shared/kernel/time.ts';
import { expireReservation } from './settle-reservation.ts';
import type { ExpiredHolds, StockStore } from './stock-store.ts';
import type { Surroundings } from './survey-stock.ts';

/** Holds released at the same time: enough to hide the latency, few enough not to disturb buyers. */
const concurrency = 8;

/** Releases a batch of holds. One that fails does not keep the others waiting; it stays due. */
export async function expireDueHolds(now: Instant, limit: number, around: Surroundings): Promise<ExpiredHolds> {
  const queue = await around.table.dueHolds(now, limit);
  const expired: string[] = [];
  const failed: { orderId: string; reason: unknown }[] = [];
  const work = async (): Promise<void> => {
    for (let orderId = queue.shift(); orderId !== undefined; orderId = queue.shift()) {
      try {
        const { reservation } = await around.table.read({ orderId }, 'latest');
        if (reservation !== undefined && (await expireReservation(reservation, now, around))) expired.push(orderId);
      } catch (reason) {
        failed.push({ orderId, reason });
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return { expired, failed };
}

/** Holds asked for at a time. */
const batchSize = 100;
/** Batches of one run: 2,000 holds take some seconds. What is left is due at the next run, a minute later. */
const maxBatches = 20;

export interface Sweep {
  readonly expiredCount: number;
  readonly failed: ExpiredHolds['failed'];
  /** True when more holds may be due. */
  readonly more: boolean;
}

/**
 * Releases what is due, batch by batch, until nothing is left or the run has done enough.
 *
 * @param onExpired told of every order whose hold was released, so that somebody can bring the order to an end.
 */
export async function sweepHolds(
  store: Pick<StockStore, 'expireHolds'>,
  now: Instant,
  onExpired: (orderId: string) => Promise<void> | void,
): Promise<Sweep> {
  let expiredCount = 0;
  const failed = new Map<string, ExpiredHolds['failed'][number]>();
  for (let batch = 0; batch < maxBatches; batch++) {
    const result = await store.expireHolds(now, batchSize);
    for (const orderId of result.expired) await onExpired(orderId);
    for (const failure of result.failed) failed.set(failure.orderId, failure);
    expiredCount += result.expired.length;
    if (result.expired.length === 0) return { expiredCount, failed: [...failed.values()], more: false };
  }
  return { expiredCount, failed: [...failed.values()], more: true };
}
