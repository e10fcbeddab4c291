import type { Authorization, PaymentAction, PaymentGateway } from '../../payments/index.ts';
import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import type { Clock } from '../../shared/kernel/time.ts';
import { actionDeadline } from '../domain/payment-deadline.ts';
import type { OrderSagaState } from '../domain/saga-state.ts';

export type AuthorizationAnswer = Authorization | PaymentAction | Refusal<'PAYMENT_DECLINED'>;

/** Asks the gateway for the authorization of an order's total. A repeated call finds the authorization as it is now. */
export function orderAuthorizer(deps: {
  readonly gateway: Pick<PaymentGateway, 'authorize'>;
  /** The gateway's id of a customer who wants the payment method to be saved. */
  gatewayCustomerOf(customerId: string): Promise<string>;
}) {
  return async ({ orderId, order }: OrderSagaState): Promise<AuthorizationAnswer> => {
    const { customerId, totals, currency, paymentMethodId, returnUrl, savesPaymentMethod } = order;
    // Nothing is charged, so there is nothing to agree to.
    const saves = savesPaymentMethod === true && totals.totalMinor > 0;
    const gatewayCustomerId = saves ? await deps.gatewayCustomerOf(customerId) : undefined;
    const amountMinor = totals.totalMinor;
    return deps.gateway.authorize({ orderId, amountMinor, currency, paymentMethodId, gatewayCustomerId, returnUrl });
  };
}

export const needsAction = (answer: AuthorizationAnswer): answer is PaymentAction => 'clientSecret' in answer;

/** When the customer's confirmation has to be there; a run without a hold is over already. */
export function deadlineOf({ stock, order }: OrderSagaState, holdSeconds: number) {
  return actionDeadline(stock?.expiresAt ?? order.placedAt, holdSeconds);
}

/**
 * The step that authorizes the order's total. It refuses with `PAYMENT_ACTION_REQUIRED` while the customer can still confirm
 * the payment, and with `PAYMENT_ACTION_EXPIRED` when that is too late.
 */
export function authorizationStep(deps: {
  authorize(state: OrderSagaState): Promise<AuthorizationAnswer>;
  readonly clock: Clock;
  readonly holdSeconds: number;
}) {
  return async (
    state: OrderSagaState,
  ): Promise<Authorization | Refusal<'PAYMENT_DECLINED' | 'PAYMENT_ACTION_REQUIRED' | 'PAYMENT_ACTION_EXPIRED'>> => {
    const answer = await deps.authorize(state);
    if (!needsAction(answer)) return answer;
    return deps.clock() < deadlineOf(state, deps.holdSeconds)
      ? refuse('PAYMENT_ACTION_REQUIRED', 'The customer has to confirm the payment.')
      : refuse('PAYMENT_ACTION_EXPIRED', 'The payment was not confirmed in time.');
  };
}
