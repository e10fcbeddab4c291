import { waitingLines } from '../inventory/adapters/waiting-lines.ts';
import { dynamo } from '../shared/aws-clients.ts';
import { readConfig } from '../shared/config.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { orderSagaState } from '../shared/saga-state.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { dynamoOrderLog } from './adapters/dynamodb-order-log.ts';
import { orderCommands } from './adapters/order-commands.ts';
import { sagaOrigin } from './adapters/saga-origin.ts';
import { holdBackordered, resumeBackordered } from './domain/decide-backorder.ts';

const config = readConfig('ORDERS_TABLE', 'INVENTORY_TABLE');
const commands = orderCommands(dynamoOrderLog(dynamo(), config.ORDERS_TABLE), systemClock);
const lines = waitingLines(config.INVENTORY_TABLE);

/** Says that the order waits for stock. Stock that came before that was said found no order on hold: it is asked for again. */
export const handler = sagaStep(orderSagaState, async (state) => {
  const { orderId, version } = state;
  const origin = sagaOrigin('order', state);
  const waiting = await lines.find(orderId);
  const held = await commands.decide(orderId, origin, (order) => holdBackordered(order, version, waiting));
  if (isRefusal(held) || held.status !== 'on_hold') return held;
  const still = await lines.find(orderId);
  if (still?.state === 'waiting') return { status: held.status, version: held.version };
  const order = await commands.decide(orderId, origin, resumeBackordered, held);
  return isRefusal(order) ? order : { status: order.status, version: order.version };
});
