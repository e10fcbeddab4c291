import { paymentGateway } from '../payments/index.ts';
import { readConfig } from '../shared/config.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { dispatchSagaState } from './domain/saga-state.ts';

const gateway = paymentGateway(readConfig('PAYMENT_ENDPOINT', 'PAYMENT_SECRET_ID'));

/** Captures a dispatched shipment's share of the authorized amount. */
export const handler = sagaStep(
  dispatchSagaState,
  ({ orderId, shipmentId, paymentId, amountMinor, currency, finalCapture }) =>
    gateway.capture({ orderId, shipmentId, paymentId, amountMinor, currency, final: finalCapture }),
  'gateway',
);
