import type { AuditedOrders, OrderState } from '../../inventory/index.ts';
import { dynamoOrderLog, foldOrder, isBeingUndone, orderLists, ordersInStatus } from '../../orders/index.ts';
import { dynamo } from '../../shared/aws/clients.ts';
import type { Clock } from '../../shared/kernel/time.ts';

/** The orders for an audit, read from their log and from the lists that are projected from it. */
export function auditedOrders(tables: { readonly log: string; readonly views: string }, clock: Clock): AuditedOrders {
  const log = dynamoOrderLog(dynamo(), tables.log);
  const lists = orderLists(tables.views);
  const inStatus = ordersInStatus(lists);
  return {
    async summaries(orderIds) {
      const views = await lists.views(orderIds.map((orderId) => ({ orderId, placedKey: '' })));
      return new Map(views.map((view) => [view.orderId, view]));
    },
    async state(orderId): Promise<OrderState | undefined> {
      const order = foldOrder(await log.read(orderId));
      if (order === undefined) return undefined;
      const { status, lines, shipments } = order;
      return { status, lines, shipments, isBeingUndone: 'undoing' in order && isBeingUndone(order.undoing) };
    },
    confirmed: () => inStatus('confirmed', clock()),
  };
}
