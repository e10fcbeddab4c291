import { isBeingUndone, type Order } from '../../orders/index.ts';

/**
 * True when an authorization that the gateway reports belongs to nobody: its order has ended without it or is being
 * undone, or counts on another authorization. Then it has to be given back.
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
