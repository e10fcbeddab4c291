import { readConfig } from '../shared/config.ts';
import { dispatchSagaState } from '../shared/saga-state.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { paymentGateway } from './adapters/payment-gateway.ts';

const gateway = paymentGateway(readConfig('PAYMENT_ENDPOINT', 'PAYMENT_SECRET_ID'));

/** Captures a dispatched shipment's share of the authorized amount. */
export const handler = sagaStep(
  dispatchSagaState,
  ({ orderId, shipmentId, paymentId, amountMinor, currency, finalCapture }) =>
    gateway.capture({ orderId, shipmentId, paymentId, amountMinor, currency, final: finalCapture }),
);
