import { isBeingUndone, type Order } from '../../orders/index.ts';

/**
 * True when an authorization that the gateway reports has to be voided: its order is rejected, cancelled or being undone, or
 * relies on another authorization.
 */
export function isOrphaned(order: Order, paymentId: string): boolean {
  switch (order.status) {
    case 'rejected':
    case 'cancelled':
      return true;
    case 'completed':
      return isAnother(order, paymentId);
    case 'placed':
    case 'confirmed':
      return isBeingUndone(order.undoing) || isAnother(order, paymentId);
    case 'on_hold':
      return isBeingUndone(order.held.undoing) || isAnother(order, paymentId);
  }
}

function isAnother({ payment }: Order, paymentId: string): boolean {
  return payment.paymentId !== undefined && payment.paymentId !== paymentId;
}
