import { lineFollower } from '../inventory/adapters/line-follower.ts';
import { lineSurroundings } from '../inventory/adapters/line-surroundings.ts';
import { fillLine } from '../inventory/domain/fill-line.ts';
import { ordersIn } from '../orders/index.ts';
import { readConfig } from '../shared/config.ts';
import { addSeconds, systemClock } from '../shared/kernel/time.ts';
import { streamConsumer } from '../shared/stream-consumer.ts';
import { backorderResumer } from './commands/resume-backordered-order.ts';

const config = readConfig('INVENTORY_TABLE', 'ORDERS_TABLE', 'HOLD_SECONDS', 'STREAM_FAILURES_QUEUE_URL');
const dependencies = lineSurroundings(config.INVENTORY_TABLE);
const resume = backorderResumer(ordersIn(config.ORDERS_TABLE));

/**
 * Fills waiting orders when the backorder queue of their SKU changes, and resumes the order saga of each filled order.
 */
export const handler = streamConsumer(
  'fill-backorders',
  config.STREAM_FAILURES_QUEUE_URL,
  lineFollower({
    fill: (sku) => fillLine(sku, addSeconds(systemClock(), config.HOLD_SECONDS), dependencies),
    resume: async (order) => ((await resume(order)) ? dependencies.lines.forget(order.orderId) : undefined),
  }),
);
