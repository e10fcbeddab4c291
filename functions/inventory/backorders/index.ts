export {
  dynamodbAnnouncement,
  dynamodbBackorderAllocation,
  dynamodbBackorderSetting,
  dynamodbLevels,
  dynamodbQueue,
  dynamodbReserveOrBackorder,
} from './adapters/backorder-dependencies.ts';
export {
  backorderFrom,
  backorderItemOf,
  backorderKey,
  backorderPrefix,
  queueKey,
  queuePrefix,
  queueUpdate,
} from './adapters/backorder-items.ts';
export { backorderStreamConsumer } from './adapters/backorder-stream-consumer.ts';
export { dynamodbPlanQueues } from './adapters/dynamodb-backorder-queue.ts';
export { allocateBackorders, reservedForBackorders } from './commands/allocate-backorders.ts';
export type { BackorderQueue, PlanQueues } from './commands/backorder-queue.ts';
export { leaveQueue } from './commands/leave-queue.ts';
export { reserveOrBackorder } from './commands/reserve-or-backorder.ts';
export { setBackorder } from './commands/set-backorder.ts';
export type { BackorderedOrder, QueueTotals } from './domain/backorder.ts';
