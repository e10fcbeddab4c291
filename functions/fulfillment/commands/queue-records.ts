import type { QueueRecord } from '../domain/decide-backorder.ts';

/** Port to the records that orders have in the backorder queues. */
export interface QueueRecords<Stored extends QueueRecord = QueueRecord> {
  find(orderId: string): Promise<Stored | undefined>;
  /** Deletes the record of an order that has left its queue, unless it has changed since it was read. */
  forget(order: QueueRecord): Promise<void>;
}
