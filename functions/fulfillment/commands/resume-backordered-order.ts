import type { OrderCommands } from '../../orders/index.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { isAboutToWait, resumeBackordered } from '../domain/decide-backorder.ts';

interface FilledOrder {
  readonly orderId: string;
  readonly sku: string;
  readonly correlationId: string;
  readonly traceparent: string;
}

/**
 * Ends the hold of an order whose backorder was filled.
 *
 * @returns false while the order's own run of the saga has not yet recorded that the order waits; that run resumes it.
 */
export function backorderResumer(orders: Pick<OrderCommands, 'decide'>) {
  return async ({ orderId, sku, correlationId, traceparent }: FilledOrder): Promise<boolean> => {
    const origin = { actor: 'stock', correlationId, causationId: `line:${sku}`, traceparent };
    const order = await orders.decide(orderId, origin, resumeBackordered);
    return isRefusal(order) || !isAboutToWait(order);
  };
}

/**
 * Ends the hold of an order that is on hold for stock although its units are reserved: the notice of it was lost.
 *
 * @returns whether there was such an order.
 */
export function filledOrderResumer(deps: {
  readonly orders: Pick<OrderCommands, 'decide'>;
  readonly queue: {
    find(orderId: string): Promise<(FilledOrder & { readonly state: 'waiting' | 'filled' }) | undefined>;
    forget(orderId: string): Promise<void>;
  };
}) {
  const resume = backorderResumer(deps.orders);
  return async (orderId: string): Promise<boolean> => {
    const entry = await deps.queue.find(orderId);
    if (entry?.state !== 'filled' || !(await resume(entry))) return false;
    await deps.queue.forget(orderId);
    return true;
  };
}
