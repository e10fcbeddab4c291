import { isTransient } from '../../../shared/kernel/faults.ts';
import type { BackorderedOrder, QueuePlace } from '../domain/backorder.ts';
import type { BackorderQueue } from './backorder-queue.ts';

/** Orders per query of the index. */
const pageSize = 20;

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
