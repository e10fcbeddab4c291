import { placeOrder } from '../../api/orders.ts';
import { pricingIn } from '../pricing/index.ts';
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
import { placedFor } from './adapters/placed-for.ts';
import { placementReply } from './adapters/placement-reply.ts';
import { orderPlacement } from './commands/order-placement.ts';

const config = readConfig('ORDERS_TABLE', 'CONTACTS_TABLE', 'IDEMPOTENCY_TABLE');
const prices = readConfig('CATALOG_TABLE', 'SETTINGS_TABLE', 'DISCOUNTS_TABLE');
const log = dynamoOrderLog(dynamo(), config.ORDERS_TABLE);
const contacts = contactStore(config.CONTACTS_TABLE);
const pricing = pricingIn(prices);
const place = idempotentPlacement(
  config.IDEMPOTENCY_TABLE,
  orderPlacement({ log, contacts, pricing, clock: systemClock }),
);

export const handler = httpHandler(placeOrder, async (request) => {
  const idempotencyKey = readIdempotencyKey(request.headers);
  if (isRefusal(idempotencyKey)) return idempotencyKey;
  const { actor, body, lambda } = request;
  const whose = placedFor(actor, body, idempotencyKey);
  if (isRefusal(whose)) return whose;
  const answer = await place({ ...whose, body, origin: httpOrigin(request) }, lambda);
  return isRefusal(answer) ? answer : placementReply(log, answer, body);
});
