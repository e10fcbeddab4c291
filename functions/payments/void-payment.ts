import { undoFence } from '../orders/adapters/undo-fence.ts';
import { readConfig } from '../shared/config.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { undoState } from '../shared/saga-state.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { reportedAuthorizationStore } from './adapters/dynamodb-sighting-store.ts';
import { paymentGateway } from './adapters/payment-gateway.ts';
import { voidingStep } from './adapters/voiding-step.ts';

const config = readConfig('PAYMENT_ENDPOINT', 'PAYMENT_SECRET_ID', 'ORDERS_TABLE', 'IDEMPOTENCY_TABLE');

/** Voids the order's payment: releases the authorized amount and refunds what was captured. */
export const handler = sagaStep(
  undoState,
  voidingStep({
    passFence: undoFence(config.ORDERS_TABLE, systemClock),
    reportedAuthorizations: reportedAuthorizationStore(config.IDEMPOTENCY_TABLE, systemClock),
    gateway: paymentGateway(config),
  }),
);
