import { ordersIn } from '../orders/index.ts';
import { paymentGateway, sightingStore } from '../payments/index.ts';
import { readConfig } from '../shared/config.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { undoFence } from './commands/undo-fence.ts';
import { voidingStep } from './commands/undo-payment.ts';
import { undoState } from './domain/saga-state.ts';

const config = readConfig('PAYMENT_ENDPOINT', 'PAYMENT_SECRET_ID', 'ORDERS_TABLE', 'IDEMPOTENCY_TABLE');

/** Undoes the payment: cancels an authorization, refunds captured money. */
export const handler = sagaStep(
  undoState,
  voidingStep({
    passFence: undoFence(ordersIn(config.ORDERS_TABLE)),
    sightings: sightingStore(config.IDEMPOTENCY_TABLE, systemClock),
    gateway: paymentGateway(config),
  }),
);
