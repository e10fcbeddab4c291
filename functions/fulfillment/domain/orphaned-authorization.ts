import { isBeingUndone, type Order } from '../../orders/index.ts';

/**
 * True when an authorization has to be voided because no order will use it: its order has ended without it, is being undone,
 * or has another authorization and this one does not renew it. A renewal is reported before the order's log names it.
 */
export function isOrphaned(order: Order, paymentId: string, isRenewal = false): boolean {
  switch (order.status) {
    case 'rejected':
    case 'cancelled':
      return true;
    case 'completed':
      return isUnknown(order, paymentId);
    case 'placed':
    case 'confirmed':
      return isBeingUndone(order.undoing) || (!isRenewal && isUnknown(order, paymentId));
    case 'on_hold':
      return isBeingUndone(order.held.undoing) || (!isRenewal && isUnknown(order, paymentId));
  }
}

/** Whether the order has payments, and this is none of them. */
function isUnknown({ payments }: Order, paymentId: string): boolean {
  return payments.length > 0 && payments.every((each) => each.paymentId !== paymentId);
}
