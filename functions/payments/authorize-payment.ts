import { readConfig } from '../shared/config.ts';
import { orderSagaState } from '../shared/saga-state.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { paymentGateway } from './adapters/payment-gateway.ts';

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
