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
