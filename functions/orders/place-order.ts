import { placeOrder } from '../../api/orders.ts';
import { catalog } from '../catalog/adapters/dynamodb-catalog.ts';
import { dynamo } from '../shared/aws/clients.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { contactStore } from './adapters/dynamodb-contact-store.ts';
import { dynamoOrderLog } from './adapters/dynamodb-order-log.ts';
import { httpOrigin } from './adapters/http-origin.ts';
import { readIdempotencyKey } from './adapters/idempotency-key.ts';
import { idempotentPlacement } from './adapters/idempotent-placement.ts';
import { orderPlacement } from './adapters/order-placement.ts';
import { placementReply } from './adapters/placement-reply.ts';

const config = readConfig('ORDERS_TABLE', 'CONTACTS_TABLE', 'CATALOG_TABLE', 'IDEMPOTENCY_TABLE');
const log = dynamoOrderLog(dynamo(), config.ORDERS_TABLE);
const products = catalog(config.CATALOG_TABLE).findMany;
const contacts = contactStore(config.CONTACTS_TABLE);
const place = idempotentPlacement(
  config.IDEMPOTENCY_TABLE,
  orderPlacement({ log, contacts, products, clock: systemClock }),
);

export const handler = httpHandler(placeOrder, async (request) => {
  const idempotencyKey = readIdempotencyKey(request.headers);
  if (isRefusal(idempotencyKey)) return idempotencyKey;
  const { actor, body, lambda } = request;
  const answer = await place({ customerId: actor.id, idempotencyKey, body, origin: httpOrigin(request) }, lambda);
  return isRefusal(answer) ? answer : placementReply(log, answer, body);
});
