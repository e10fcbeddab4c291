import type { BackorderedOrder, QueuePlace } from '../domain/backorder.ts';
import type { BackorderQueue } from './backorder-queue.ts';

/** Orders per query of the index. */
const pageSize = 20;

/** The order of a SKU's queue to serve next. The index may be outdated, so each candidate is verified by its record. */
export async function firstInQueue(
  sku: string,
  queue: Pick<BackorderQueue, 'find' | 'inOrder'>,
): Promise<BackorderedOrder | undefined> {
  let last: QueuePlace | undefined;
  do {
    const page = await queue.inOrder(sku, last, pageSize);
    for (const { orderId } of page) {
      const order = await queue.find(orderId);
      if (order?.state === 'waiting' && order.sku === sku) return order;
    }
    last = page.length < pageSize ? undefined : page.at(-1);
  } while (last !== undefined);
  return undefined;
}
