import type { PlaceOrderBody } from '../../../api/orders.ts';
import type { HttpReply } from '../../shared/http-handler.ts';
import type { OrderLog } from '../commands/order-log.ts';
import { foldOrder } from '../domain/fold-order.ts';
import { lineNotesOf, type PersonalData } from '../domain/line-notes.ts';
import type { Order } from '../domain/order.ts';
import { orderResource } from '../domain/order-resource.ts';
import type { PlacementAnswer } from './idempotent-placement.ts';

/**
 * The reply to a placement: the order as it was when it was placed. A replay reads it from the first commit of the log; its
 * request has the same hash as the first one, so its body has the same address, contact and notes. A replay also has the state of
 * the order now, from all commits.
 *
 * @throws Error when the log does not have the order.
 */
export async function placementReply(log: OrderLog, answer: PlacementAnswer, body: PlaceOrderBody): Promise<HttpReply> {
  const location = `/orders/${answer.orderId}`;
  if (!answer.replayed && answer.order !== undefined) {
    return { body: orderResource(answer.order, personalIn(body)), headers: { location } };
  }
  const commits = await log.read(answer.orderId);
  const [first, now] = [foldOrder(commits.slice(0, 1)), foldOrder(commits)];
  if (first === undefined || now === undefined) throw new Error(`order ${answer.orderId} was placed and has no log`);
  return {
    body: { ...orderResource(first, personalIn(body)), current: currentState(now) },
    headers: { location, 'idempotent-replayed': 'true' },
  };
}

function personalIn({ shippingAddress, contact, lines }: PlaceOrderBody): PersonalData {
  const lineNotes = lineNotesOf(lines);
  return { ...(shippingAddress && { shippingAddress }), contact, ...(lineNotes && { lineNotes }) };
}

function currentState(order: Order) {
  const { status, paymentStatus, fulfillmentStatus, rejection, hold, updatedAt, version } = orderResource(
    order,
    undefined,
  );
  return { status, paymentStatus, fulfillmentStatus, rejection, hold, updatedAt, version };
}
