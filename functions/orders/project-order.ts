import { dynamo } from '../shared/aws/clients.ts';
import { readConfig } from '../shared/config.ts';
import { type StreamItem, streamConsumer } from '../shared/stream-consumer.ts';
import { fromItem } from './adapters/commit-item.ts';
import { contactStore } from './adapters/dynamodb-contact-store.ts';
import { dynamoOrderLog } from './adapters/dynamodb-order-log.ts';
import { orderViewWriter } from './adapters/dynamodb-order-views.ts';
import { keepingContacts } from './commands/keep-contacts.ts';
import { viewProjector } from './commands/project-views.ts';

const config = readConfig(
  'ORDERS_TABLE',
  'ORDER_VIEWS_TABLE',
  'CONTACTS_TABLE',
  'HOLD_SECONDS',
  'STREAM_FAILURES_QUEUE_URL',
);

export const handler = streamConsumer(
  'project-order',
  config.STREAM_FAILURES_QUEUE_URL,
  keepingContacts(
    contactStore(config.CONTACTS_TABLE),
    viewProjector<StreamItem>({
      log: dynamoOrderLog(dynamo(), config.ORDERS_TABLE),
      commitOf: ({ image }) => fromItem(image),
      write: orderViewWriter(config.ORDER_VIEWS_TABLE),
      holdSeconds: config.HOLD_SECONDS,
    }),
  ),
);
