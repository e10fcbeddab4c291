import { readConfig } from '../shared/config.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { backorderHolder } from './commands/hold-backordered-order.ts';
import { orderSagaState } from './domain/saga-state.ts';

const config = readConfig('ORDERS_TABLE', 'INVENTORY_TABLE');
const hold = backorderHolder({ orders: config.ORDERS_TABLE, inventory: config.INVENTORY_TABLE }, systemClock);

export const handler = sagaStep(orderSagaState, async (state) => {
  const order = await hold(state);
  return isRefusal(order) ? order : { status: order.status, version: order.version };
});
