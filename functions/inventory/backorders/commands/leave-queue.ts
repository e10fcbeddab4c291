import { backOff } from '../../../shared/kernel/backoff.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import { untilUncontended } from '../../../shared/kernel/until-uncontended.ts';
import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import type { WaitingLines } from './backorder-queue.ts';

/** Times it is tried while the order is moved or filled. */
const maxAttempts = 10;

/** Takes an order that is no more from the line that it waits in, if it does; those behind it move up. */
export async function leaveLine(
  orderId: string,
  { lines, pace }: Pick<Surroundings, 'pace'> & { readonly lines: WaitingLines },
): Promise<void> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const order = await lines.find(orderId);
    if (order === undefined) return;
    if (order.state === 'filled') return lines.forget(orderId);
    const result = await untilUncontended(pace, () => lines.leave(order));
    if (result.outcome === 'done') return;
    await backOff(attempt, pace);
  }
  throw new TransientFault(`order ${orderId}: it was served or moved ${maxAttempts} times meanwhile`);
}
