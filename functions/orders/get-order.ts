import { getOrder } from '../../api/orders.ts';
import { isStaff } from '../shared/actor.ts';
import { dynamo } from '../shared/aws/clients.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { contactStore } from './adapters/dynamodb-contact-store.ts';
import { dynamoOrderLog } from './adapters/dynamodb-order-log.ts';
import { paymentActions } from './adapters/dynamodb-payment-secrets.ts';
import { paymentSecretsFor } from './commands/payment-actions.ts';
import { personalDataFor, readOrder } from './commands/read-order.ts';
import { orderResource } from './domain/order-resource.ts';

const config = readConfig('ORDERS_TABLE', 'CONTACTS_TABLE', 'GATEWAY_RECORDS_TABLE');
const log = dynamoOrderLog(dynamo(), config.ORDERS_TABLE);
const contacts = contactStore(config.CONTACTS_TABLE);
const actions = paymentActions(config.GATEWAY_RECORDS_TABLE);

export const handler = httpHandler(getOrder, async ({ actor, path }) => {
  const found = await readOrder(log, actor, path.orderId, ['warehouse']);
  if (isRefusal(found)) return found;
  const personal = await personalDataFor(contacts, actor, found.order);
  const secrets = await paymentSecretsFor(actions, actor, found.order);
  return { body: orderResource(found.order, personal, isStaff(actor), secrets) };
});
