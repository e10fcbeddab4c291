import type { Order } from '../../orders/index.ts';
import { addSeconds, type Instant } from '../../shared/kernel/time.ts';

/**
 * Added to the time that stock is held. After both, an execution has confirmed the order, has begun to undo it, or is
 * lost. Its last undo step may still be running; a second execution can run beside it, because every step is idempotent.
 */
const graceSeconds = 300;
/**
 * An order that is still `placed` after a resumption is resumed again after this time, in which every execution ends.
 */
const againAfterSeconds = 600;

/** The moment before which an order must have been placed to count as stalled while its status is still `placed`. */
export function stalledBefore(now: Instant, holdSeconds: number): Instant {
  return addSeconds(now, -(holdSeconds + graceSeconds));
}

/**
 * The name of the execution that resumes a stalled order, or undefined when the order is not stalled. The name stays the
 * same for `againAfterSeconds`, so two callers within that time start one execution.
 */
export function resumptionOf(order: Order, now: Instant, holdSeconds: number): string | undefined {
  const stalledMs = Date.parse(stalledBefore(now, holdSeconds)) - Date.parse(order.placedAt);
  if (order.status !== 'placed' || stalledMs <= 0) return undefined;
  return `${order.orderId}-again-${Math.floor(stalledMs / 1_000 / againAfterSeconds)}`;
}
