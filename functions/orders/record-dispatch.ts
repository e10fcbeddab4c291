import { dynamo } from '../shared/aws/clients.ts';
import { readConfig } from '../shared/config.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { dispatchSagaState } from '../shared/saga-state.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { dynamoOrderLog } from './adapters/dynamodb-order-log.ts';
import { orderCommands } from './adapters/order-commands.ts';
import { sagaOrigin } from './adapters/saga-origin.ts';
import { recordDispatch } from './domain/decide-dispatch.ts';

const config = readConfig('ORDERS_TABLE');
const commands = orderCommands(dynamoOrderLog(dynamo(), config.ORDERS_TABLE), systemClock);

export const handler = sagaStep(dispatchSagaState, async (state) => {
  const order = await commands.decide(state.orderId, sagaOrigin('dispatch', state), (current) =>
    recordDispatch(current, state),
  );
  return isRefusal(order) ? order : { status: order.status, version: order.version };
});
