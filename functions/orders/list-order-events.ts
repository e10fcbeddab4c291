import { listOrderEvents } from '../../api/orders.ts';
import { dynamo } from '../shared/aws/clients.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { dynamoOrderLog } from './adapters/dynamodb-order-log.ts';
import { readOrder } from './adapters/order-reader.ts';
import { envelopesOf } from './domain/envelopes.ts';

const config = readConfig('ORDERS_TABLE');
const log = dynamoOrderLog(dynamo(), config.ORDERS_TABLE);

export const handler = httpHandler(listOrderEvents, async ({ actor, path }) => {
  const found = await readOrder(log, actor, path.orderId);
  if (isRefusal(found)) return found;
  const items = found.commits.flatMap((commit) =>
    envelopesOf(commit).map(({ eventId, type, version, sequence, index, occurredAt, data }) => {
      return { eventId, type, version, sequence, index, occurredAt, actor: commit.actor, data };
    }),
  );
  return { body: { items } };
});
