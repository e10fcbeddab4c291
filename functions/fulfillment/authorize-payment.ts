import { readConfig } from '../shared/config.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { paymentAuthorization } from './adapters/payment-authorization.ts';
import { authorizationStep } from './commands/authorize-order.ts';
import { orderSagaState } from './domain/saga-state.ts';

const { HOLD_SECONDS: holdSeconds } = readConfig('HOLD_SECONDS');

/** Authorizes the order's total: the amount is held on the customer's account and not taken yet. */
export const handler = sagaStep(
  orderSagaState,
  authorizationStep({ authorize: paymentAuthorization(), clock: systemClock, holdSeconds }),
  'gateway',
);
