import type { UndoFence } from '../../orders/adapters/undo-fence.ts';
import type { UndoState } from '../../shared/saga-state.ts';
import type { PaidAmount, PaymentGateway } from '../domain/payment-gateway.ts';
import { paymentToVoid, wasDeclined } from '../domain/undo-payment.ts';
import type { SightingStore } from './dynamodb-sighting-store.ts';

/** Gives an order's payment back, once its log permits that. Reads the notes only when nobody knows the payment's id. */
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
