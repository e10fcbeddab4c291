import type { OrderEvent } from '../../../events/catalog.ts';
import { refuse } from '../../shared/kernel/refusal.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { paymentActionEnded } from './decide-payment-action.ts';
import type { Decision } from './decision.ts';
import { awaitsPayment, isBeingUndone, type Order } from './order.ts';
import { isUndoOverdue } from './unfinished.ts';

type Requester = 'customer' | 'staff';

/**
 * Requests the cancellation of an order. Refused once a shipment has been handed over, unless the order is being undone
 * already: a person must be able to restart an undo that is stuck. A second request adds no events, except on a held order,
 * which it resumes, and on a confirmed order whose undo should have ended, which it starts again. The undo of an order that
 * is still `placed` is started again by resume-unfinished alone: a request would only put that off.
 */
export function requestCancellation(order: Order, by: Requester, now: Instant): Decision<'ORDER_NOT_CANCELLABLE'> {
  switch (order.status) {
    case 'cancelled':
      return [];
    case 'completed':
    case 'rejected':
      return refuse('ORDER_NOT_CANCELLABLE', `The order is ${order.status}.`);
    default:
  }
  const { undoing } = order.status === 'on_hold' ? order.held : order;
  const gone = order.shipments.filter(isHandedOver);
  if (!isBeingUndone(undoing) && gone.length > 0) {
    const isDigital = gone.every(({ digital }) => digital);
    const what = isDigital ? 'Digital products of the order have been' : 'A shipment of the order has been';
    return refuse('ORDER_NOT_CANCELLABLE', `${what} ${isDigital ? 'delivered' : 'handed to the carrier'}.`);
  }
  if (order.status === 'on_hold') {
    return [{ type: 'OrderResumed', version: 1, data: { reason: 'cancellation' } }, cancellation('on_hold', by)];
  }
  if (awaitsPayment(order)) return [paymentActionEnded(order, 'cancelled'), cancellation('placed', by)];
  const isLost = order.status === 'confirmed' && isUndoOverdue(order, now);
  return undoing.cancellationRequested && !isLost ? [] : [cancellation(order.status, by)];
}

function isHandedOver({ status }: Order['shipments'][number]): boolean {
  return status === 'dispatch_requested' || status === 'dispatched' || status === 'delivered';
}

function cancellation(from: 'placed' | 'confirmed' | 'on_hold', by: Requester): OrderEvent {
  return { type: 'CancellationRequested', version: 1, data: { from, by } };
}
