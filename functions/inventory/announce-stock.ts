import { busPublisher } from '../shared/bus-publisher.ts';
import { readConfig } from '../shared/config.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { streamConsumer } from '../shared/stream-consumer.ts';
import { toldLevels } from './availability/adapters/dynamodb-level-store.ts';
import { stockAnnouncer, stockEventsOf } from './availability/adapters/stock-stream-consumer.ts';
import { announceLevels } from './availability/commands/announce-levels.ts';
import { lineSurroundings } from './backorders/adapters/backorder-dependencies.ts';

const config = readConfig('INVENTORY_TABLE', 'BUS_NAME', 'STREAM_FAILURES_QUEUE_URL');
const around = { ...lineSurroundings(config.INVENTORY_TABLE), told: toldLevels(config.INVENTORY_TABLE) };

/** Tells subscribers what is booked, and when there is little, nothing or enough for sale again. */
export const handler = streamConsumer(
  'announce-stock',
  config.STREAM_FAILURES_QUEUE_URL,
  stockAnnouncer(busPublisher(config.BUS_NAME, stockEventsOf), (skus) => announceLevels(skus, systemClock(), around)),
);
