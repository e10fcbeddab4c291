import type { Order } from '../../orders/index.ts';

/** A difference between the uses of a discount and the orders that have one. */
export interface DiscountFinding {
  /** `count_differs`: the count is not the number of orders. `order_ended`: an order that has ended keeps a use. */
  readonly kind: 'count_differs' | 'order_ended';
  readonly code: string;
  readonly orderId?: string;
  readonly expected: number;
  readonly found: number;
}

/** Whether an order may have the use of a discount. A use is released before an order is rejected or cancelled. */
export function mayHaveUse(order: Order | undefined): boolean {
  return order !== undefined && order.status !== 'rejected' && order.status !== 'cancelled';
}
