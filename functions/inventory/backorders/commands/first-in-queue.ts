import type { BackorderedOrder, QueuePlace } from '../domain/backorder.ts';
import type { BackorderQueue } from './backorder-queue.ts';

/** Orders asked for at a time. */
const pageSize = 20;

/** The order to be served next of those that wait for a SKU. The index says which may wait, the record which does. */
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
