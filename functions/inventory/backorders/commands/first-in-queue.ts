import type { Pace } from '../../../shared/kernel/backoff.ts';
import { isTransient } from '../../../shared/kernel/faults.ts';
import type { BackorderedOrder, QueuePlace } from '../domain/backorder.ts';
import type { BackorderQueue } from './backorder-queue.ts';

/** Orders per query of the index. */
const pageSize = 20;

/**
 * Reads of an index that does not show an order yet, and the first pause between them. Each pause is twice the one
 * before; together they are about six seconds, far more than an index needs to show an order.
 */
export const maxLooks = 7;
export const firstLookMs = 50;

/** Orders that can never be served, with the reasons, by their ids. */
export type FailedOrders = Map<string, unknown>;

/**
 * The order of a SKU's queue to serve next. The index may be outdated, so each candidate is verified by its record.
 *
 * @param failed orders to pass over. An order whose record cannot be read is added.
 */
export async function firstInQueue(
  sku: string,
  queue: Pick<BackorderQueue, 'find' | 'inOrder'>,
  failed: FailedOrders = new Map(),
): Promise<BackorderedOrder | undefined> {
  let last: QueuePlace | undefined;
  do {
    const page = await queue.inOrder(sku, last, pageSize);
    for (const { orderId } of page) {
      if (failed.has(orderId)) continue;
      try {
        const order = await queue.find(orderId);
        if (order?.state === 'waiting' && order.sku === sku) return order;
      } catch (error) {
        if (isTransient(error)) throw error;
        failed.set(orderId, error);
      }
    }
    last = page.length < pageSize ? undefined : page.at(-1);
  } while (last !== undefined);
  return undefined;
}

/**
 * Waits until the index shows orders that have just joined a queue or moved to it. A walk that begins before that misses
 * them, and no other walk need follow.
 *
 * @returns false when the index still lacks one of them that waits.
 */
export async function areVisible(
  sku: string,
  joined: readonly QueuePlace[],
  dependencies: { readonly queue: Pick<BackorderQueue, 'find' | 'inOrder'>; readonly pace: Pace },
): Promise<boolean> {
  let missing = joined;
  for (let look = 0; look < maxLooks && missing.length > 0; look++) {
    const shown = await Promise.all(missing.map((place) => isShown(sku, place, dependencies.queue)));
    missing = missing.filter((_, index) => !shown[index]);
    if (missing.length > 0) await dependencies.pace.sleep(firstLookMs * 2 ** look);
  }
  return missing.length === 0;
}

/** Whether the index shows the order, or need not show it because the order does not wait there. */
async function isShown(
  sku: string,
  { orderId, since }: QueuePlace,
  queue: Pick<BackorderQueue, 'find' | 'inOrder'>,
): Promise<boolean> {
  // A prefix of the sort key comes before it.
  const page = await queue.inOrder(sku, { orderId, since: since.slice(0, -1) }, pageSize);
  if (page.some((place) => place.orderId === orderId)) return true;
  const order = await queue.find(orderId);
  return order?.state !== 'waiting' || order.sku !== sku;
}
