import { dynamoOrderLog } from '../orders/adapters/dynamodb-order-log.ts';
import { orderCommands } from '../orders/commands/order-commands.ts';
import { recordDispatch } from '../orders/domain/decide-dispatch.ts';
import { dynamo } from '../shared/aws-clients.ts';
import { readConfig } from '../shared/config.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { sagaOrigin } from './domain/saga-origin.ts';
import { dispatchSagaState } from './domain/saga-state.ts';

const config = readConfig('ORDERS_TABLE');
const commands = orderCommands(dynamoOrderLog(dynamo(), config.ORDERS_TABLE), systemClock);

export const handler = sagaStep(dispatchSagaState, async (state) => {
  const order = await commands.decide(state.orderId, sagaOrigin('dispatch', state), (current) =>
    recordDispatch(current, state),
  );
  return isRefusal(order) ? order : { status: order.status, version: order.version };
});
