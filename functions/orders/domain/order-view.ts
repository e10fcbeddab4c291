import type { OrderSummary } from '../../../api/orders.ts';
import { fulfillmentStatusOf, type Order, paymentStatusOf } from './order.ts';

/** An order as lists show it. It stays below 1 kB, so that writing it costs one write unit. */
export type OrderView = OrderSummary;

export function orderView(order: Order): OrderView {
  return {
    orderId: order.orderId,
    customerId: order.customerId,
    status: order.status,
    paymentStatus: paymentStatusOf(order),
    fulfillmentStatus: fulfillmentStatusOf(order),
    currency: order.currency,
    totals: { totalMinor: order.totals.totalMinor },
    lineCount: order.lines.length,
    unitCount: order.lines.reduce((sum, line) => sum + line.quantity, 0),
    placedAt: order.placedAt,
    updatedAt: order.updatedAt,
    version: order.version,
  };
}
