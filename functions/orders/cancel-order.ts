import { cancelOrder } from '../../api/orders.ts';
import { isStaff } from '../shared/actor.ts';
import { dynamo } from '../shared/aws/clients.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { contactStore } from './adapters/dynamodb-contact-store.ts';
import { dynamoOrderLog } from './adapters/dynamodb-order-log.ts';
import { httpOrigin } from './adapters/http-origin.ts';
import { orderCommands } from './commands/order-commands.ts';
import { readOrder } from './commands/read-order.ts';
import { requestCancellation } from './domain/decide-cancellation.ts';
import { orderResource } from './domain/order-resource.ts';

const config = readConfig('ORDERS_TABLE', 'CONTACTS_TABLE');
const log = dynamoOrderLog(dynamo(), config.ORDERS_TABLE);
const commands = orderCommands(log, systemClock);
const contacts = contactStore(config.CONTACTS_TABLE);

export const handler = httpHandler(cancelOrder, async (request) => {
  const { actor, path } = request;
  const found = await readOrder(log, actor, path.orderId);
  if (isRefusal(found)) return found;
  const by = isStaff(actor) ? 'staff' : 'customer';
  const decide = (order: typeof found.order) => requestCancellation(order, by, systemClock());
  const order = await commands.decide(path.orderId, httpOrigin(request), decide, found.order);
  if (isRefusal(order)) return order;
  return { body: orderResource(order, await contacts.find(path.orderId), isStaff(actor)) };
});
