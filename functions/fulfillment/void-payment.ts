import { ordersIn } from '../orders/index.ts';
import { paymentGateway, reportedAuthorizationStore } from '../payments/index.ts';
import { readConfig } from '../shared/config.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { undoFence } from './commands/undo-fence.ts';
import { voidingStep } from './commands/undo-payment.ts';
import { undoState } from './domain/saga-state.ts';

const config = readConfig('PAYMENT_ENDPOINT', 'PAYMENT_SECRET_ID', 'ORDERS_TABLE', 'GATEWAY_RECORDS_TABLE');

/** Voids the order's payment: releases the authorized amount and refunds what was captured. */
export const handler = sagaStep(
  undoState,
  voidingStep({
    passFence: undoFence(ordersIn(config.ORDERS_TABLE)),
    reportedAuthorizations: reportedAuthorizationStore(config.GATEWAY_RECORDS_TABLE, systemClock),
    gateway: paymentGateway(config),
  }),
  'gateway',
);
