import { dynamoOrderLog } from '../../orders/adapters/dynamodb-order-log.ts';
import { orderLists } from '../../orders/adapters/order-lists.ts';
import { stalledOrders, TooManyStalledOrders } from '../../orders/adapters/stalled-orders.ts';
import { foldOrder } from '../../orders/domain/fold-order.ts';
import { isBeingUndone } from '../../orders/domain/order.ts';
import { dynamo } from '../../shared/aws/clients.ts';
import type { Clock } from '../../shared/kernel/time.ts';
import type { OrderStanding } from '../domain/audit-order.ts';
import type { AuditedOrders } from '../domain/audit-orders.ts';

/** The orders by their log and by the lists made of it. */
export function auditedOrders(tables: { readonly log: string; readonly views: string }, clock: Clock): AuditedOrders {
  const log = dynamoOrderLog(dynamo(), tables.log);
  const lists = orderLists(tables.views);
  const inStatus = stalledOrders(lists);
  return {
    async glances(orderIds) {
      const views = await lists.views(orderIds.map((orderId) => ({ orderId, placedKey: '' })));
      return new Map(views.map((view) => [view.orderId, view]));
    },
    async standing(orderId): Promise<OrderStanding | undefined> {
      const order = foldOrder(await log.read(orderId));
      if (order === undefined) return undefined;
      const { status, lines, shipments } = order;
      return { status, lines, shipments, isBeingUndone: 'undoing' in order && isBeingUndone(order.undoing) };
    },
    async *confirmed() {
      try {
        for await (const orderIds of inStatus('confirmed', clock())) yield { orderIds, more: false };
      } catch (error) {
        if (!(error instanceof TooManyStalledOrders)) throw error;
        yield { orderIds: [], more: true };
      }
    },
  };
}
