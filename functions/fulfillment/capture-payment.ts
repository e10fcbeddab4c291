import { ordersIn } from '../orders/index.ts';
import { paymentGateway } from '../payments/index.ts';
import { readConfig } from '../shared/config.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { shipmentCapturer } from './commands/capture-shipment.ts';
import { dispatchSagaState } from './domain/saga-state.ts';

const config = readConfig('PAYMENT_ENDPOINT', 'PAYMENT_SECRET_ID', 'ORDERS_TABLE', 'CAPTURE_WHOLE');
const capture = shipmentCapturer({
  gateway: paymentGateway(config),
  orders: ordersIn(config.ORDERS_TABLE),
  captureWhole: config.CAPTURE_WHOLE,
});

/** Captures a dispatched shipment's share of the authorized amount. */
export const handler = sagaStep(dispatchSagaState, capture, 'gateway');
