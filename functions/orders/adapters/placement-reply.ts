import type { PlaceOrderBody } from '../../../api/orders.ts';
import type { HttpReply } from '../../shared/http-handler.ts';
import type { OrderLog } from '../commands/order-log.ts';
import { foldOrder } from '../domain/fold-order.ts';
import { orderResource } from '../domain/order-resource.ts';
import type { PlacementAnswer } from './idempotent-placement.ts';

/**
 * The reply to a placement: the order as it was when it was placed. A replay reads it from the first commit of the log; its
 * request has the same hash as the first one, so its body has the same address and contact.
 *
 * @throws Error when the log does not have the order.
 */
export async function placementReply(log: OrderLog, answer: PlacementAnswer, body: PlaceOrderBody): Promise<HttpReply> {
  const first = answer.order === undefined ? await log.first(answer.orderId) : undefined;
  const order = answer.order ?? foldOrder(first === undefined ? [] : [first]);
  if (order === undefined) throw new Error(`order ${answer.orderId} has an idempotency record and no log`);
  return {
    body: orderResource(order, body),
    headers: {
      location: `/orders/${order.orderId}`,
      ...(answer.replayed ? { 'idempotent-replayed': 'true' } : {}),
    },
  };
}
