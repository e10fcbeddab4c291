import * as z from 'zod/mini';
import { dynamo } from '../shared/aws/clients.ts';
import { readConfig } from '../shared/config.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { dispatchSagaState, undoState } from '../shared/saga-state.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { dynamoOrderLog } from './adapters/dynamodb-order-log.ts';
import { orderCommands } from './adapters/order-commands.ts';
import { sagaOrigin } from './adapters/saga-origin.ts';
import { holdDispatch } from './domain/decide-dispatch.ts';
import { holdForCompensation } from './domain/decide-outcome.ts';

const config = readConfig('ORDERS_TABLE');
const commands = orderCommands(dynamoOrderLog(dynamo(), config.ORDERS_TABLE), systemClock);

/** What a saga cannot finish is parked where people see it. The states differ: a dispatch names its shipment. */
export const handler = sagaStep(z.union([dispatchSagaState, undoState]), async (state) => {
  const origin = sagaOrigin('shipmentId' in state ? 'dispatch' : 'order', state);
  const order = await commands.decide(state.orderId, origin, (current) =>
    'shipmentId' in state ? holdDispatch(current, state) : holdForCompensation(current, state),
  );
  return isRefusal(order) ? order : { status: order.status, version: order.version };
});
