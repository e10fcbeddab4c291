import type { PaymentGateway, ReportedAuthorizationStore, Voided } from '../../payments/index.ts';
import { awaitedPayment, paymentToVoid, renewalsOf, wasDeclined } from '../domain/payment-to-void.ts';
import type { UndoState } from '../domain/saga-state.ts';
import type { UndoFence } from './undo-fence.ts';

/**
 * The step that voids all payments of an order, if the order's log permits that: those that the saga or the log names, and
 * those that the gateway has reported or has on record. The gateway is not called for an order whose only payment was
 * declined.
 */
export function voidingStep(deps: {
  readonly passFence: UndoFence;
  readonly reportedAuthorizations: Pick<ReportedAuthorizationStore, 'ofOrder'>;
  readonly gateway: Pick<PaymentGateway, 'void'>;
}) {
  return async (state: UndoState): Promise<Voided> => {
    const order = await deps.passFence(state);
    if (order === undefined) return { voided: null };
    const { orderId } = state;
    const paymentId = paymentToVoid(state, order);
    const reported = [...awaitedPayment(order), ...(await deps.reportedAuthorizations.ofOrder(orderId))];
    if (paymentId === undefined && reported.length === 0 && wasDeclined(state)) return { voided: null };
    const { totals, currency } = order;
    const renewals = renewalsOf(order);
    return deps.gateway.void({ orderId, amountMinor: totals.totalMinor, currency, paymentId, renewals, reported });
  };
}
