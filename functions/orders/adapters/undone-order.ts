import { dynamo } from '../../shared/aws/clients.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { systemClock } from '../../shared/kernel/time.ts';
import { undoState } from '../../shared/saga-state.ts';
import { sagaStep } from '../../shared/saga-step.ts';
import { endUndoneOrder } from '../domain/decide-outcome.ts';
import { dynamoOrderLog } from './dynamodb-order-log.ts';
import { orderCommands } from './order-commands.ts';
import { sagaOrigin } from './saga-origin.ts';

/** The last step of an undo, whichever saga ran it: the order ends, and its log says what was taken back. */
export function endUndoneOrderStep(saga: 'order' | 'cancellation', ordersTable: string) {
  const commands = orderCommands(dynamoOrderLog(dynamo(), ordersTable), systemClock);
  return sagaStep(undoState, async (state) => {
    const order = await commands.decide(state.orderId, sagaOrigin(saga, state), (current) =>
      endUndoneOrder(current, state),
    );
    return isRefusal(order) ? order : { status: order.status, version: order.version };
  });
}
