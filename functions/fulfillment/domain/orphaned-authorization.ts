import { isBeingUndone, type Order } from '../../orders/index.ts';

/**
 * True when an authorization has to be voided because no order will use it: its order has ended without it, is being undone,
 * or has another authorization.
 */
export function isOrphaned(order: Order, paymentId: string): boolean {
  switch (order.status) {
    case 'rejected':
    case 'cancelled':
      return true;
    case 'completed':
      return hasAnotherPayment(order, paymentId);
    case 'placed':
    case 'confirmed':
      return isBeingUndone(order.undoing) || hasAnotherPayment(order, paymentId);
    case 'on_hold':
      return isBeingUndone(order.held.undoing) || hasAnotherPayment(order, paymentId);
  }
}

function hasAnotherPayment({ payment }: Order, paymentId: string): boolean {
  return payment.paymentId !== undefined && payment.paymentId !== paymentId;
}
