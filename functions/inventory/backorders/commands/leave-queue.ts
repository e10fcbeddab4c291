import { backOff, type Pace } from '../../../shared/kernel/backoff.ts';
import { untilUncontended } from '../../../shared/kernel/contention.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import type { BackorderQueue } from './backorder-queue.ts';

/** Attempts while other requests move or fill the order. */
const maxAttempts = 10;

/**
 * Removes a rejected or cancelled order from its queue; does nothing for an order that does not wait.
 *
 * @throws TransientFault when the order was moved or filled during every attempt.
 */
export async function leaveQueue(
  orderId: string,
  { queue, pace }: { readonly queue: Pick<BackorderQueue, 'find' | 'forget' | 'leave'>; readonly pace: Pace },
): Promise<void> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const order = await queue.find(orderId);
    if (order === undefined) return;
    if (order.state === 'filled') return queue.forget(order);
    const result = await untilUncontended(pace, () => queue.leave(order));
    if (result.outcome === 'done') return;
    await backOff(attempt, pace);
  }
  throw new TransientFault(`order ${orderId}: it was filled or moved during each of ${maxAttempts} attempts`);
}
