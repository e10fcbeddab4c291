import type { Order } from '../../orders/index.ts';
import { addSeconds, type Instant } from '../../shared/kernel/time.ts';

/**
 * Beyond the time that stock is held: by then an execution has confirmed the order, or has begun to undo it, or is
 * lost. Its last undo may still run; a second one beside it does no harm.
 */
const graceSeconds = 300;
/** An order that is still `placed` after a resumption gets another one, after a time that any execution ends in. */
const againAfterSeconds = 600;

/** Orders placed before this moment should no longer be `placed`. */
export function stalledBefore(now: Instant, holdSeconds: number): Instant {
  return addSeconds(now, -(holdSeconds + graceSeconds));
}

/**
 * The name of the execution that takes a stalled order up again, or undefined when it is none. It is the same for
 * whoever asks within ten minutes, so that two of them start one.
 */
export function resumptionOf(order: Order, now: Instant, holdSeconds: number): string | undefined {
  const stalledMs = Date.parse(stalledBefore(now, holdSeconds)) - Date.parse(order.placedAt);
  if (order.status !== 'placed' || stalledMs <= 0) return undefined;
  return `${order.orderId}-again-${Math.floor(stalledMs / 1_000 / againAfterSeconds)}`;
}
