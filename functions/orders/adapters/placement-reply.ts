import type { PlaceOrderBody } from '../../../api/orders.ts';
import type { HttpReply } from '../../shared/http-handler.ts';
import type { OrderLog } from '../commands/order-log.ts';
import { foldOrder } from '../domain/fold-order.ts';
import { orderResource } from '../domain/order-resource.ts';
import type { PlacementAnswer } from './idempotent-placement.ts';

/**
 * The order as it was when it was placed, in a replay too: the log's first commit says what it was, and a replay's
 * request has been found equal to the first one, so its body holds the same address and contact.
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
