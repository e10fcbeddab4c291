import { dynamo } from '../../shared/aws/clients.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { type Clock, systemClock } from '../../shared/kernel/time.ts';
import type { UndoState } from '../../shared/saga-state.ts';
import { permitUndo } from '../domain/decide-outcome.ts';
import type { Order } from '../domain/order.ts';
import { dynamoOrderLog } from './dynamodb-order-log.ts';
import { orderCommands } from './order-commands.ts';
import { sagaOrigin } from './saga-origin.ts';

/** Gives the order whose undo may proceed, its failure on record, or undefined when nothing may be undone. */
export type UndoFence = (state: UndoState) => Promise<Order | undefined>;

export function undoFence(ordersTable: string, clock: Clock = systemClock): UndoFence {
  const commands = orderCommands(dynamoOrderLog(dynamo(), ordersTable), clock);
  return async (state) => {
    let permitted = false;
    const order = await commands.decide(state.orderId, sagaOrigin('order', state), (current) => {
      const permission = permitUndo(current, state);
      permitted = permission.undo;
      return permission.undo ? permission.events : [];
    });
    return permitted && !isRefusal(order) ? order : undefined;
  };
}
