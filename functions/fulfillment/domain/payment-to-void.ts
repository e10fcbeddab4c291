import type { UndoState } from './saga-state.ts';

/** The id of the payment to void: from the saga's state, else from the order's log, else undefined. */
export function paymentToVoid(
  state: Pick<UndoState, 'payment'>,
  order: { readonly payment: { readonly paymentId?: string } },
): string | undefined {
  return state.payment?.paymentId ?? order.payment.paymentId;
}

/** True when the gateway declined the payment. Then there is no authorization, and none has to be looked up. */
export function wasDeclined({ failure }: Pick<UndoState, 'failure'>): boolean {
  return failure?.Error === 'PAYMENT_DECLINED';
}
