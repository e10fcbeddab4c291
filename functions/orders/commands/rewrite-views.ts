import { isTransient } from '../../shared/kernel/faults.ts';
import { foldOrder } from '../domain/fold-order.ts';
import { type OrderView, orderView } from '../domain/order-view.ts';
import { firstDue, type Unfinished } from '../domain/unfinished.ts';
import type { OrderLog } from './order-log.ts';

/** Orders rewritten at the same time. */
const concurrency = 16;

/** The result of a rewrite. */
export interface Rewrite {
  readonly rewrittenCount: number;
  /** Orders whose log cannot be read or whose view cannot be written; their views are left as they are. */
  readonly failed: readonly { readonly orderId: string; readonly reason: string }[];
}

/**
 * Writes the views of orders again from their logs, also those of the same version, such as views of an earlier version of
 * the projector that lack the time at which the order is due.
 *
 * @param pages the orders' ids.
 * @throws the error of a fault that may pass. Another fault of one order does not keep the others from being rewritten.
 */
export async function rewriteViews(
  pages: AsyncIterable<readonly string[]>,
  deps: {
    readonly log: Pick<OrderLog, 'read'>;
    readonly write: (view: OrderView, due: Unfinished | undefined) => Promise<void>;
    readonly holdSeconds: number;
  },
): Promise<Rewrite> {
  let rewrittenCount = 0;
  const failed: Rewrite['failed'][number][] = [];
  const rewrite = async (orderId: string): Promise<void> => {
    try {
      const order = foldOrder(await deps.log.read(orderId));
      if (order === undefined) return;
      await deps.write(orderView(order), firstDue(order, deps.holdSeconds));
      rewrittenCount += 1;
    } catch (error) {
      if (isTransient(error)) throw error;
      failed.push({ orderId, reason: error instanceof Error ? error.message : String(error) });
    }
  };
  for await (const page of pages) {
    const queue = [...page];
    const work = async (): Promise<void> => {
      for (let orderId = queue.shift(); orderId !== undefined; orderId = queue.shift()) await rewrite(orderId);
    };
    await Promise.all(Array.from({ length: concurrency }, work));
  }
  return { rewrittenCount, failed };
}
