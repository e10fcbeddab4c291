import { dynamo } from '../../shared/aws/clients.ts';
import { systemClock } from '../../shared/kernel/time.ts';
import { type OrderCommands, orderCommands } from '../commands/order-commands.ts';
import { dynamoOrderLog } from './dynamodb-order-log.ts';

/** The commands on the orders whose log is in this table. */
export function ordersIn(table: string): OrderCommands {
  return orderCommands(dynamoOrderLog(dynamo(), table), systemClock);
}
