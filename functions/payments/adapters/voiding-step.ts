import type { UndoFence } from '../../orders/adapters/undo-fence.ts';
import type { UndoState } from '../../shared/saga-state.ts';
import type { PaidAmount, PaymentGateway } from '../domain/payment-gateway.ts';
import { paymentToVoid, wasDeclined } from '../domain/undo-payment.ts';
import type { ReportedAuthorizationStore } from './dynamodb-sighting-store.ts';

/**
 * The step that voids an order's payment, if the order's log permits that. The reported authorization is read only when
 * neither the saga nor the log has the payment's id.
 */
export function voidingStep(deps: {
  readonly passFence: UndoFence;
  readonly reportedAuthorizations: Pick<ReportedAuthorizationStore, 'find'>;
  readonly gateway: PaymentGateway;
}) {
  return async (state: UndoState): Promise<{ voided: PaidAmount | null }> => {
    const order = await deps.passFence(state);
    if (order === undefined) return { voided: null };
    const { orderId } = state;
    const known = paymentToVoid(state, order);
    if (known === undefined && wasDeclined(state)) return { voided: null };
    const paymentId = known ?? (await deps.reportedAuthorizations.find(orderId));
    return deps.gateway.void({ orderId, paymentId });
  };
}
