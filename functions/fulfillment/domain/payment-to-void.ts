import type { UndoState } from './saga-state.ts';

/** The id of the payment to void: from the saga's state, else from the order's log. */
export function paymentToVoid(
  state: Pick<UndoState, 'payment'>,
  order: { readonly payment: { readonly paymentId?: string } },
): string | undefined {
  return state.payment?.paymentId ?? order.payment.paymentId;
}

/** True when the saga failed because the payment was declined. Then nothing is authorized, and no search is needed. */
export function wasDeclined({ failure }: Pick<UndoState, 'failure'>): boolean {
  return failure?.Error === 'PAYMENT_DECLINED';
}
