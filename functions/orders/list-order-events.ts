import { listOrderEvents } from '../../api/orders.ts';
import { isStaff } from '../shared/actor.ts';
import { dynamo } from '../shared/aws/clients.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { dynamoOrderLog } from './adapters/dynamodb-order-log.ts';
import { readOrder } from './commands/read-order.ts';
import { eventResources } from './domain/event-resource.ts';

const config = readConfig('ORDERS_TABLE');
const log = dynamoOrderLog(dynamo(), config.ORDERS_TABLE);

export const handler = httpHandler(listOrderEvents, async ({ actor, path }) => {
  const found = await readOrder(log, actor, path.orderId);
  if (isRefusal(found)) return found;
  const audience = isStaff(actor) ? 'staff' : 'customer';
  return { body: { items: found.commits.flatMap((commit) => eventResources(commit, audience)) } };
});
