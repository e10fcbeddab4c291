import { paymentGateway } from '../payments/index.ts';
import { readConfig } from '../shared/config.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { orderSagaState } from './domain/saga-state.ts';

const gateway = paymentGateway(readConfig('PAYMENT_ENDPOINT', 'PAYMENT_SECRET_ID'));

/** Holds the order's total on the customer's account. */
export const handler = sagaStep(orderSagaState, ({ orderId, order }) =>
  gateway.authorize({
    orderId,
    amountMinor: order.totals.totalMinor,
    currency: order.currency,
    paymentMethodId: order.paymentMethodId,
  }),
);
