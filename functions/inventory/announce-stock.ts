import { busPublisher } from '../shared/bus-publisher.ts';
import { readConfig } from '../shared/config.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { streamConsumer } from '../shared/stream-consumer.ts';
import { announceLevels, levelEventsOf, stockStreamConsumer } from './availability/index.ts';
import { dynamodbAnnouncement } from './backorders/index.ts';
import { recordEventsOf } from './ledger/index.ts';

const config = readConfig('INVENTORY_TABLE', 'BUS_NAME', 'STREAM_FAILURES_QUEUE_URL');
const announcement = dynamodbAnnouncement(config.INVENTORY_TABLE);

/** Publishes ledger entries, and changes of a SKU's level: out of stock, low or sufficient. */
export const handler = streamConsumer(
  'announce-stock',
  config.STREAM_FAILURES_QUEUE_URL,
  stockStreamConsumer(
    busPublisher(config.BUS_NAME, (item) => [...recordEventsOf(item), ...levelEventsOf(item)]),
    (skus) => announceLevels(skus, systemClock(), announcement),
  ),
);
