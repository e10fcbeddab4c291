import type { UndoState } from './saga-state.ts';

/** The payment to give back: as the saga knows it, or as the order's log does. */
export function paymentToVoid(
  state: Pick<UndoState, 'payment'>,
  order: { readonly payment: { readonly paymentId?: string } },
): string | undefined {
  return state.payment?.paymentId ?? order.payment.paymentId;
}

/** A declined payment is an answer, not a lost one: nothing is held, and nothing has to be looked for. */
export function wasDeclined({ failure }: Pick<UndoState, 'failure'>): boolean {
  return failure?.Error === 'PAYMENT_DECLINED';
}
