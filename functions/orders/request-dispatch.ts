import { requestDispatch } from '../../api/shipments.ts';
import { dynamo } from '../shared/aws/clients.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { dynamoOrderLog } from './adapters/dynamodb-order-log.ts';
import { httpOrigin } from './adapters/http-origin.ts';
import { orderCommands } from './commands/order-commands.ts';
import { readOrder } from './commands/read-order.ts';
import { requestDispatch as decideDispatch } from './domain/decide-dispatch.ts';
import { orderResource } from './domain/order-resource.ts';

const config = readConfig('ORDERS_TABLE');
const log = dynamoOrderLog(dynamo(), config.ORDERS_TABLE);
const commands = orderCommands(log, systemClock);

export const handler = httpHandler(requestDispatch, async (request) => {
  const { actor, path } = request;
  const found = await readOrder(log, actor, path.orderId, ['warehouse']);
  if (isRefusal(found)) return found;
  const decide = (order: typeof found.order) => decideDispatch(order, path.shipmentId, systemClock());
  const order = await commands.decide(path.orderId, httpOrigin(request), decide, found.order);
  // The warehouse needs no address here: the label has it.
  return isRefusal(order) ? order : { body: orderResource(order, undefined) };
});
