import { allocateBackorders, backorderStreamConsumer, dynamodbBackorderAllocation } from '../inventory/index.ts';
import { ordersIn } from '../orders/index.ts';
import { readConfig } from '../shared/config.ts';
import { addSeconds, systemClock } from '../shared/kernel/time.ts';
import { streamConsumer } from '../shared/stream-consumer.ts';
import { backorderMover, backorderResumer } from './commands/resume-backordered-order.ts';

const config = readConfig('INVENTORY_TABLE', 'ORDERS_TABLE', 'HOLD_SECONDS', 'STREAM_FAILURES_QUEUE_URL');
const backorders = dynamodbBackorderAllocation(config.INVENTORY_TABLE);
const orders = ordersIn(config.ORDERS_TABLE);
const resume = backorderResumer({ orders, queue: backorders.queue });

/** Allocates stock to backorders whenever their queue changes, and resumes the sagas of orders that left it. */
export const handler = streamConsumer(
  'fill-backorders',
  config.STREAM_FAILURES_QUEUE_URL,
  backorderStreamConsumer({
    allocate: (sku, joined) =>
      allocateBackorders(sku, addSeconds(systemClock(), config.HOLD_SECONDS), backorders, joined),
    resume: async (order) => void (await resume(order)),
    moved: backorderMover(orders),
  }),
);
