import { ordersIn } from '../orders/index.ts';
import { readConfig } from '../shared/config.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { recordDispatch } from './domain/decide-dispatch-outcome.ts';
import { committed, sagaOrigin } from './domain/saga-origin.ts';
import { dispatchSagaState } from './domain/saga-state.ts';

const orders = ordersIn(readConfig('ORDERS_TABLE').ORDERS_TABLE);

/** The last step of dispatch-saga: records the capture and the dispatch of the shipment. */
export const handler = sagaStep(dispatchSagaState, async (state) =>
  committed(
    await orders.decide(state.orderId, sagaOrigin('dispatch', state), (order) =>
      recordDispatch(order, state, systemClock()),
    ),
  ),
);
