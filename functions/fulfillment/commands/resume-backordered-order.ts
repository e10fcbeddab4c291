import type { OrderCommands } from '../../orders/index.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { isAboutToWait, type QueueRecord, resumeBackordered, waitElsewhere } from '../domain/decide-backorder.ts';
import type { QueueRecords } from './queue-records.ts';

interface QueuedOrder extends QueueRecord {
  readonly correlationId: string;
  readonly traceparent: string;
}

const originOf = ({ sku, correlationId, traceparent }: QueuedOrder) => {
  return { actor: 'stock', correlationId, causationId: `line:${sku}`, traceparent };
};

/**
 * Ends the hold of an order that has left its backorder queue, and deletes its record there. Nothing changes when the
 * order waits again, or while its own run of the saga has not yet recorded that it waits: that run resumes the order and
 * deletes the record.
 *
 * @returns whether there was such an order.
 */
export function backorderResumer(deps: {
  readonly orders: Pick<OrderCommands, 'decide'>;
  readonly queue: QueueRecords<QueuedOrder>;
}) {
  const { orders, queue } = deps;
  return async ({ orderId }: { readonly orderId: string }): Promise<boolean> => {
    const queued = await queue.find(orderId);
    if (queued?.state !== 'filled') return false;
    const order = await orders.decide(orderId, originOf(queued), resumeBackordered);
    if (!isRefusal(order) && isAboutToWait(order, queued.orderVersion)) return false;
    await queue.forget(queued);
    return true;
  };
}

/** Records for which SKU an order waits that has moved to another backorder queue. */
export function backorderMover(orders: Pick<OrderCommands, 'decide'>) {
  return async (queued: QueuedOrder): Promise<void> => {
    await orders.decide(queued.orderId, originOf(queued), (order) => waitElsewhere(order, queued));
  };
}
