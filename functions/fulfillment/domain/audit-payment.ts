import { isBeingUndone, type Order, type OrderPayment } from '../../orders/index.ts';
import type { PaymentAmounts } from '../../payments/index.ts';

/** A difference between an order and the books of the payment gateway, in minor units of the order's currency. */
export interface PaymentFinding {
  readonly kind: 'captured_differs' | 'refunded_differs' | 'payment_unknown';
  readonly orderId: string;
  readonly paymentId: string;
  readonly currency: string;
  /** What the order's log says. */
  readonly expectedMinor: number;
  /** What the gateway says. */
  readonly foundMinor: number;
}

/**
 * True when the order has payments and no saga works on it. While a shipment is dispatched or the order is undone, the
 * gateway is ahead of the log.
 */
export function isAuditable(order: Order): boolean {
  const isUndone =
    (order.status === 'on_hold' && isBeingUndone(order.held.undoing)) ||
    ((order.status === 'placed' || order.status === 'confirmed') && isBeingUndone(order.undoing));
  const isDispatched = order.shipments.some(({ status }) => status === 'dispatch_requested');
  return order.payments.length > 0 && !isUndone && !isDispatched;
}

/**
 * The differences between an order and the gateway's record of one of its payments. Of a payment that was voided or refunded whole,
 * the gateway may have captured more than the log says, because the answer to a capture was lost; everything captured must
 * have been refunded.
 *
 * @param found undefined when the gateway has no such payment.
 */
export function auditPayment(
  { orderId, currency }: Pick<Order, 'orderId' | 'currency'>,
  payment: OrderPayment,
  found: Pick<PaymentAmounts, 'capturedMinor' | 'refundedMinor'> | undefined,
): PaymentFinding[] {
  const about = { orderId, paymentId: payment.paymentId, currency };
  if (found === undefined) {
    return [{ kind: 'payment_unknown', ...about, expectedMinor: payment.authorizedMinor, foundMinor: 0 }];
  }
  const { capturedMinor, refundedMinor } = found;
  const isReturned = payment.voided || (payment.refundedMinor > 0 && payment.refundedMinor >= payment.capturedMinor);
  const refundDue = isReturned ? capturedMinor : payment.refundedMinor;
  const findings: PaymentFinding[] = [];
  if (!isReturned && capturedMinor !== payment.capturedMinor) {
    const expectedMinor = payment.capturedMinor;
    findings.push({ kind: 'captured_differs', ...about, expectedMinor, foundMinor: capturedMinor });
  }
  if (refundedMinor !== refundDue) {
    findings.push({ kind: 'refunded_differs', ...about, expectedMinor: refundDue, foundMinor: refundedMinor });
  }
  return findings;
}
