import type { Place, WaitingLines, WaitingOrder } from './backorder-queue.ts';

/** Orders asked for at a time. */
const pageSize = 20;

/** Who is to be served next of those who wait for a SKU. The index says who may wait, the record who does. */
export async function firstInLine(sku: string, lines: WaitingLines): Promise<WaitingOrder | undefined> {
  let last: Place | undefined;
  do {
    const page = await lines.inOrder(sku, last, pageSize);
    for (const { orderId } of page) {
      const order = await lines.find(orderId);
      if (order?.state === 'waiting' && order.sku === sku) return order;
    }
    last = page.length < pageSize ? undefined : page.at(-1);
  } while (last !== undefined);
  return undefined;
}
