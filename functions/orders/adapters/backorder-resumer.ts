import { dynamo } from '../../shared/aws/clients.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import type { Clock } from '../../shared/kernel/time.ts';
import { isAboutToWait, resumeBackordered } from '../domain/decide-backorder.ts';
import { dynamoOrderLog } from './dynamodb-order-log.ts';
import { orderCommands } from './order-commands.ts';

interface Filled {
  readonly orderId: string;
  readonly sku: string;
  readonly correlationId: string;
  readonly traceparent: string;
}

/**
 * Takes an order off hold that has what it waited for.
 *
 * @returns whether that is through; not when the order's own run is still about to say that it waits.
 */
export function backorderResumer(ordersTable: string, clock: Clock) {
  const commands = orderCommands(dynamoOrderLog(dynamo(), ordersTable), clock);
  return async ({ orderId, sku, correlationId, traceparent }: Filled): Promise<boolean> => {
    const origin = { actor: 'stock', correlationId, causationId: `line:${sku}`, traceparent };
    const order = await commands.decide(orderId, origin, resumeBackordered);
    return isRefusal(order) || !isAboutToWait(order);
  };
}
