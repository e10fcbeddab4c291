import { stockStore } from '../inventory/adapters/dynamodb-stock-store.ts';
import { dynamo } from '../shared/aws/clients.ts';
import { readConfig } from '../shared/config.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { orderSagaState } from '../shared/saga-state.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { dynamoOrderLog } from './adapters/dynamodb-order-log.ts';
import { orderCommands } from './adapters/order-commands.ts';
import { sagaOrigin } from './adapters/saga-origin.ts';
import { confirmOrder } from './domain/decide-outcome.ts';
import { orderAsPlaced } from './domain/saga-input.ts';

const config = readConfig('ORDERS_TABLE', 'INVENTORY_TABLE');
const commands = orderCommands(dynamoOrderLog(dynamo(), config.ORDERS_TABLE), systemClock);
const stock = stockStore(config.INVENTORY_TABLE);

/** The hold becomes permanent first, and only while it has not expired; then the log says that the order is confirmed. */
export const handler = sagaStep(orderSagaState, async (state) => {
  const hold = await stock.confirm(state.orderId, systemClock());
  if (isRefusal(hold)) return hold;
  const decide = (order: ReturnType<typeof orderAsPlaced>) => confirmOrder(order, state);
  const order = await commands.decide(state.orderId, sagaOrigin('order', state), decide, orderAsPlaced(state));
  return isRefusal(order) ? order : { version: order.version };
});
