import { confirmReservation, dynamodbConfirmation, dynamodbQueue } from '../inventory/index.ts';
import { ordersIn } from '../orders/index.ts';
import { readConfig } from '../shared/config.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { orderConfirmer } from './commands/confirm-placed-order.ts';
import { orderSagaState } from './domain/saga-state.ts';

const config = readConfig('ORDERS_TABLE', 'INVENTORY_TABLE');
const stock = dynamodbConfirmation(config.INVENTORY_TABLE);
const confirm = orderConfirmer({
  orders: ordersIn(config.ORDERS_TABLE),
  ...dynamodbQueue(config.INVENTORY_TABLE),
  confirmHold: (orderId) => confirmReservation(orderId, systemClock(), stock),
});

/** Makes the hold on the stock permanent and confirms the order. */
export const handler = sagaStep(orderSagaState, async (state) => {
  const order = await confirm(state);
  return isRefusal(order) ? order : { version: order.version };
});
