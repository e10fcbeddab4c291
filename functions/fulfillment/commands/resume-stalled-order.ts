import * as z from 'zod/mini';
import { orderPlaced } from '../../../events/orders/order-placed.v1.ts';
import type { OrderLog } from '../../orders/commands/order-log.ts';
import { envelopesOf } from '../../orders/domain/envelopes.ts';
import { foldOrder } from '../../orders/domain/fold-order.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { orderSagaInput } from '../domain/saga-input.ts';
import { resumptionOf } from '../domain/stalled-order.ts';

/**
 * Starts an order's saga again if the log, not a list, says that the order is still waiting for it. The input is made
 * from the commit that placed the order, so that it is the one of the first execution.
 *
 * @returns whether it was stalled.
 */
export function orderResumer(log: OrderLog, start: (name: string, input: unknown) => Promise<void>) {
  return async (orderId: string, now: Instant, holdSeconds: number): Promise<boolean> => {
    const commits = await log.read(orderId);
    const order = foldOrder(commits);
    const [first] = commits;
    const name = order && resumptionOf(order, now, holdSeconds);
    if (first === undefined || name === undefined) return false;
    const [placed] = envelopesOf(first);
    if (placed === undefined) throw new Error(`order ${orderId} was placed by no event`);
    await start(name, orderSagaInput({ ...placed, data: z.parse(orderPlaced.data, placed.data) }));
    return true;
  };
}
