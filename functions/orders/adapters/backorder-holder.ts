import { waitingLines } from '../../inventory/adapters/waiting-lines.ts';
import { dynamo } from '../../shared/aws/clients.ts';
import { isRefusal, type Refusal } from '../../shared/kernel/refusal.ts';
import type { Clock } from '../../shared/kernel/time.ts';
import type { OrderSagaState } from '../../shared/saga-state.ts';
import { holdBackordered, resumeBackordered } from '../domain/decide-backorder.ts';
import type { Order } from '../domain/order.ts';
import { dynamoOrderLog } from './dynamodb-order-log.ts';
import { orderCommands } from './order-commands.ts';
import { sagaOrigin } from './saga-origin.ts';

/**
 * Says of an order that it waits for stock. Stock that came before that was said found no order on hold: so whether the
 * order still waits is looked at once more, afterwards.
 */
export function backorderHolder(tables: { readonly orders: string; readonly inventory: string }, clock: Clock) {
  const commands = orderCommands(dynamoOrderLog(dynamo(), tables.orders), clock);
  const lines = waitingLines(tables.inventory);
  return async (state: OrderSagaState): Promise<Order | Refusal> => {
    const { orderId, version } = state;
    const origin = sagaOrigin('order', state);
    const waiting = await lines.find(orderId);
    const held = await commands.decide(orderId, origin, (order) => holdBackordered(order, version, waiting));
    if (isRefusal(held) || held.status !== 'on_hold') return held;
    const still = await lines.find(orderId);
    return still?.state === 'waiting' ? held : commands.decide(orderId, origin, resumeBackordered, held);
  };
}
