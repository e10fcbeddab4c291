import type { OrderEvent } from '../../../events/catalog.ts';
import type { PaymentActionRequired } from '../../../events/orders/payment-action-required.v1.ts';
import { refuse } from '../../shared/kernel/refusal.ts';
import type { Decision } from './decision.ts';
import { awaitsPayment, isBeingUndone, type Order } from './order.ts';

/**
 * Lets the order wait until its customer confirms the payment. Refused while the order is being undone: the saga then undoes
 * it instead of ending. No events when the order waits for this payment already, or does not need it any more.
 */
export function requirePaymentAction(
  order: Order,
  data: PaymentActionRequired['data'],
): Decision<'CANCELLATION_REQUESTED' | 'ORDER_ENDED'> {
  if (order.status !== 'placed') return refuse('ORDER_ENDED', `The order is ${order.status}.`);
  if (order.undoing.cancellationRequested) return refuse('CANCELLATION_REQUESTED', 'The order is being cancelled.');
  if (isBeingUndone(order.undoing)) return refuse('ORDER_ENDED', 'The order is being rejected.');
  if (awaitsPayment(order) && order.payment.action?.paymentId === data.paymentId) return [];
  return [{ type: 'PaymentActionRequired', version: 1, data }];
}

/** Ends the wait for a payment of which the gateway has reported something. A saga then asks the gateway for its state. */
export function endPaymentAction(order: Order, paymentId: string): Decision {
  if (!awaitsPayment(order) || order.payment.action?.paymentId !== paymentId) return [];
  return [paymentActionEnded(order, 'reported')];
}

export function paymentActionEnded({ payment }: Order, reason: 'reported' | 'cancelled'): OrderEvent {
  return { type: 'PaymentActionEnded', version: 1, data: { paymentId: payment.action?.paymentId ?? '', reason } };
}
