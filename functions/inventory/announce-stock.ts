import { busPublisher } from '../shared/bus-publisher.ts';
import { readConfig } from '../shared/config.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { streamConsumer } from '../shared/stream-consumer.ts';
import { lineSurroundings } from './adapters/line-surroundings.ts';
import { stockAnnouncer, stockEventsOf } from './adapters/stock-announcer.ts';
import { toldLevels } from './adapters/told-levels.ts';
import { announceLevels } from './domain/announce-levels.ts';

const config = readConfig('INVENTORY_TABLE', 'BUS_NAME', 'STREAM_FAILURES_QUEUE_URL');
const around = { ...lineSurroundings(config.INVENTORY_TABLE), told: toldLevels(config.INVENTORY_TABLE) };

/** Tells subscribers what is booked, and when there is little, nothing or enough for sale again. */
export const handler = streamConsumer(
  'announce-stock',
  config.STREAM_FAILURES_QUEUE_URL,
  stockAnnouncer(busPublisher(config.BUS_NAME, stockEventsOf), (skus) => announceLevels(skus, systemClock(), around)),
);
