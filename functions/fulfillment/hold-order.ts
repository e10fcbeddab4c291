import * as z from 'zod/mini';
import { ordersIn } from '../orders/index.ts';
import { readConfig } from '../shared/config.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { decideHold, sagaToHold } from './domain/decide-hold.ts';
import { committed, sagaOrigin } from './domain/saga-origin.ts';
import { dispatchSagaState, undoState } from './domain/saga-state.ts';

const orders = ordersIn(readConfig('ORDERS_TABLE').ORDERS_TABLE);

/** Puts an order that a saga cannot finish on hold for a person. */
export const handler = sagaStep(z.union([dispatchSagaState, undoState]), async (state) => {
  const origin = sagaOrigin(sagaToHold(state), state);
  return committed(await orders.decide(state.orderId, origin, (order) => decideHold(order, state)));
});
