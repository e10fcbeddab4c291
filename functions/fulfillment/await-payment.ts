import { ordersIn } from '../orders/index.ts';
import { paymentActionStore } from '../payments/index.ts';
import { readConfig } from '../shared/config.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { paymentAuthorization } from './adapters/payment-authorization.ts';
import { paymentWaiter } from './commands/wait-for-payment.ts';
import { committed } from './domain/saga-origin.ts';
import { orderSagaState } from './domain/saga-state.ts';

const config = readConfig('ORDERS_TABLE', 'GATEWAY_RECORDS_TABLE', 'HOLD_SECONDS');
const wait = paymentWaiter({
  orders: ordersIn(config.ORDERS_TABLE),
  actions: paymentActionStore(config.GATEWAY_RECORDS_TABLE),
  authorize: paymentAuthorization(),
  holdSeconds: config.HOLD_SECONDS,
});

/** Records that an order waits for its customer to confirm the payment; its saga ends. */
export const handler = sagaStep(orderSagaState, async (state) => committed(await wait(state)), 'gateway');
