import type { Order } from '../../orders/index.ts';
import type { UndoState } from './saga-state.ts';

/** The id of the order's first payment, to be voided: from the saga's state, else from the order's log. */
export function paymentToVoid(state: Pick<UndoState, 'payment'>, order: Pick<Order, 'payments'>): string | undefined {
  return state.payment?.paymentId ?? order.payments.find(({ purpose }) => purpose === 'order')?.paymentId;
}

/** The payments that renew another one. Each is about a part of the order's total. */
export function renewalsOf({ payments }: Pick<Order, 'payments'>): { paymentId: string; amountMinor: number }[] {
  return payments
    .filter(({ purpose }) => purpose === 'renewal')
    .map(({ paymentId, authorizedMinor: amountMinor }) => ({ paymentId, amountMinor }));
}

/** The payment that waited for its customer's confirmation. Nothing of it may be authorized. */
export function awaitedPayment({ payment }: Pick<Order, 'payment'>): string[] {
  return payment.action === undefined ? [] : [payment.action.paymentId];
}

/** True when the saga failed because the payment was declined. Then nothing is authorized, and no search is needed. */
export function wasDeclined({ failure }: Pick<UndoState, 'failure'>): boolean {
  return failure?.Error === 'PAYMENT_DECLINED';
}
