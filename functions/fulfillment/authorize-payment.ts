import { paymentGateway } from '../payments/index.ts';
import { readConfig } from '../shared/config.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { orderSagaState } from './domain/saga-state.ts';

const gateway = paymentGateway(readConfig('PAYMENT_ENDPOINT', 'PAYMENT_SECRET_ID'));

/** Authorizes the order's total: the amount is held on the customer's account and not taken yet. */
export const handler = sagaStep(
  orderSagaState,
  ({ orderId, order }) =>
    gateway.authorize({
      orderId,
      amountMinor: order.totals.totalMinor,
      currency: order.currency,
      paymentMethodId: order.paymentMethodId,
    }),
  'gateway',
);
