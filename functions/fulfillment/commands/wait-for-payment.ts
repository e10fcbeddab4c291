import { type Order, type OrderCommands, requirePaymentAction } from '../../orders/index.ts';
import type { PaymentActionStore } from '../../payments/index.ts';
import { isRefusal, type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import { sagaOrigin } from '../domain/saga-origin.ts';
import type { OrderSagaState } from '../domain/saga-state.ts';
import { type AuthorizationAnswer, deadlineOf, needsAction } from './authorize-order.ts';

/**
 * Records that an order waits until its customer confirms the payment; its saga then ends. The customer may answer before the
 * wait is on record, when a report of the gateway finds no order that waits. So the gateway is asked again afterwards.
 *
 * @returns `PAYMENT_ANSWERED` when the customer need not confirm it any more: the saga goes on.
 */
export function paymentWaiter(deps: {
  readonly orders: Pick<OrderCommands, 'decide'>;
  readonly actions: PaymentActionStore;
  authorize(state: OrderSagaState): Promise<AuthorizationAnswer>;
  readonly holdSeconds: number;
}) {
  const { orders, actions, authorize, holdSeconds } = deps;
  const answered = () => refuse('PAYMENT_ANSWERED', 'The payment waits for its customer no more.');
  return async (state: OrderSagaState): Promise<Order | Refusal> => {
    const action = await authorize(state);
    if (!needsAction(action)) return answered();
    const { paymentId, amountMinor, currency } = action;
    const actionBefore = deadlineOf(state, holdSeconds);
    // First, so that an order that waits can always be confirmed.
    await actions.keep(state.orderId, action, actionBefore);
    const required = { paymentId, amountMinor, currency, actionBefore };
    const order = await orders.decide(state.orderId, sagaOrigin('order', state), (current) =>
      requirePaymentAction(current, required),
    );
    if (isRefusal(order)) return order;
    return needsAction(await authorize(state)) ? order : answered();
  };
}
