import type { PaidAmount, PaymentGateway, SightingStore } from '../../payments/index.ts';
import { paymentToVoid, wasDeclined } from '../domain/payment-to-void.ts';
import type { UndoState } from '../domain/saga-state.ts';
import type { UndoFence } from './undo-fence.ts';

/**
 * Voids an order's payment if the order's log permits an undo. The noted authorizations are read only when neither the
 * saga's state nor the log has the payment's id.
 */
export function voidingStep(deps: {
  readonly passFence: UndoFence;
  readonly sightings: Pick<SightingStore, 'find'>;
  readonly gateway: PaymentGateway;
}) {
  return async (state: UndoState): Promise<{ voided: PaidAmount | null }> => {
    const order = await deps.passFence(state);
    if (order === undefined) return { voided: null };
    const { orderId } = state;
    const known = paymentToVoid(state, order);
    if (known === undefined && wasDeclined(state)) return { voided: null };
    const paymentId = known ?? (await deps.sightings.find(orderId));
    return deps.gateway.void({ orderId, paymentId });
  };
}
