import { confirmReservation, dynamodbConfirmation } from '../inventory/index.ts';
import { dynamoOrderLog } from '../orders/adapters/dynamodb-order-log.ts';
import { orderCommands } from '../orders/commands/order-commands.ts';
import { dynamo } from '../shared/aws-clients.ts';
import { readConfig } from '../shared/config.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { confirmOrder } from './domain/decide-outcome.ts';
import { orderAsPlaced } from './domain/saga-input.ts';
import { sagaOrigin } from './domain/saga-origin.ts';
import { orderSagaState } from './domain/saga-state.ts';

const config = readConfig('ORDERS_TABLE', 'INVENTORY_TABLE');
const commands = orderCommands(dynamoOrderLog(dynamo(), config.ORDERS_TABLE), systemClock);
const stock = dynamodbConfirmation(config.INVENTORY_TABLE);

/** The hold becomes permanent first, and only while it has not expired; then the log says that the order is confirmed. */
export const handler = sagaStep(orderSagaState, async (state) => {
  const hold = await confirmReservation(state.orderId, systemClock(), stock);
  if (isRefusal(hold)) return hold;
  const decide = (order: ReturnType<typeof orderAsPlaced>) => confirmOrder(order, state);
  const order = await commands.decide(state.orderId, sagaOrigin('order', state), decide, orderAsPlaced(state));
  return isRefusal(order) ? order : { version: order.version };
});
