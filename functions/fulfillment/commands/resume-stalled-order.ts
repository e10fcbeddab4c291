import * as z from 'zod/mini';
import { orderPlaced } from '../../../events/orders/order-placed.v1.ts';
import { envelopesOf, foldOrder, type OrderLog } from '../../orders/index.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { orderSagaInput } from '../domain/saga-input.ts';
import { resumptionOf } from '../domain/stalled-order.ts';

/**
 * Restarts an order's saga if the order is still `placed` by its log; the list that named it may be out of date. The input
 * is made from the commit that placed the order, so that it equals the input of the first execution.
 *
 * @returns whether the order was stalled.
 * @throws Error when the order's first commit has no event.
 */
export function stalledOrderResumer(
  log: Pick<OrderLog, 'read'>,
  start: (name: string, input: unknown) => Promise<void>,
) {
  return async (orderId: string, now: Instant, holdSeconds: number): Promise<boolean> => {
    const commits = await log.read(orderId);
    const order = foldOrder(commits);
    const [first] = commits;
    const name = order && resumptionOf(order, now, holdSeconds);
    if (first === undefined || name === undefined) return false;
    const [placed] = envelopesOf(first);
    if (placed === undefined) throw new Error(`the first commit of order ${orderId} has no event`);
    await start(name, orderSagaInput({ ...placed, data: z.parse(orderPlaced.data, placed.data) }));
    return true;
  };
}
