import * as z from 'zod/mini';
import { ordersIn } from '../orders/index.ts';
import { readConfig } from '../shared/config.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { holdDispatch } from './domain/decide-dispatch-outcome.ts';
import { holdForCompensation } from './domain/decide-outcome.ts';
import { committed, sagaOrigin } from './domain/saga-origin.ts';
import { dispatchSagaState, undoState } from './domain/saga-state.ts';

const orders = ordersIn(readConfig('ORDERS_TABLE').ORDERS_TABLE);

/** Puts an order that a saga cannot finish on hold for a person. Only the state of dispatch-saga has a shipment id. */
export const handler = sagaStep(z.union([dispatchSagaState, undoState]), async (state) => {
  const origin = sagaOrigin('shipmentId' in state ? 'dispatch' : 'order', state);
  const order = await orders.decide(state.orderId, origin, (current) =>
    'shipmentId' in state ? holdDispatch(current, state) : holdForCompensation(current, state),
  );
  return committed(order);
});
