import { readConfig } from '../shared/config.ts';
import { streamConsumer } from '../shared/stream-consumer.ts';
import { eventPublisher } from './adapters/event-publisher.ts';

const config = readConfig('BUS_NAME', 'STREAM_FAILURES_QUEUE_URL');

export const handler = streamConsumer(
  'publish-events',
  config.STREAM_FAILURES_QUEUE_URL,
  eventPublisher(config.BUS_NAME),
);
