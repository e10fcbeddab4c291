import { lineSurroundings } from '../inventory/backorders/adapters/backorder-dependencies.ts';
import { lineFollower } from '../inventory/backorders/adapters/backorder-stream-consumer.ts';
import { fillLine } from '../inventory/backorders/commands/allocate-backorders.ts';
import { readConfig } from '../shared/config.ts';
import { addSeconds, systemClock } from '../shared/kernel/time.ts';
import { streamConsumer } from '../shared/stream-consumer.ts';
import { backorderResumer } from './commands/resume-backordered-order.ts';

const config = readConfig('INVENTORY_TABLE', 'ORDERS_TABLE', 'HOLD_SECONDS', 'STREAM_FAILURES_QUEUE_URL');
const around = lineSurroundings(config.INVENTORY_TABLE);
const resume = backorderResumer(config.ORDERS_TABLE, systemClock);

/** Serves those who wait whenever their line changes, and sends whoever was served back to his saga. */
export const handler = streamConsumer(
  'fill-backorders',
  config.STREAM_FAILURES_QUEUE_URL,
  lineFollower({
    fill: (sku) => fillLine(sku, addSeconds(systemClock(), config.HOLD_SECONDS), around),
    resume: async (order) => ((await resume(order)) ? around.lines.forget(order.orderId) : undefined),
  }),
);
