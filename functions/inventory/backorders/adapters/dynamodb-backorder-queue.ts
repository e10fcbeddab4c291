import { readRecords, type TableAccess } from '../../../shared/table-access.ts';
import { planRecords } from '../../sharding/index.ts';
import type { BackorderQueue, PlanQueues } from '../commands/backorder-queue.ts';
import { queueRecords } from './backorder-items.ts';
import { backordersInOrder, findBackorder } from './read-backorders.ts';
import {
  clearQueue,
  fillOrder,
  forgetFilled,
  joinQueue,
  leaveQueue,
  markFilled,
  moveOrder,
  putOnSale,
  wakeQueue,
} from './write-backorders.ts';

/** Backorders in the inventory table, so that one transaction can change an order, its queue and its units. */
export function dynamodbBackorderQueue(access: TableAccess): BackorderQueue {
  return {
    find: (orderId) => findBackorder(access, orderId),
    inOrder: (sku, after, limit) => backordersInOrder(access, sku, after, limit),
    join: (order, queue) => joinQueue(access, order, queue),
    fill: (order, reservation) => fillOrder(access, order, reservation),
    markFilled: (order) => markFilled(access, order),
    move: (order, to) => moveOrder(access, order, to),
    leave: (order) => leaveQueue(access, order),
    forget: (order) => forgetFilled(access, order),
    putOnSale: (queue, surplus) => putOnSale(access, queue, surplus),
    wake: (sku) => wakeQueue(access, sku),
    clear: (queue) => clearQueue(access, queue),
    totals: async (skus) => (await readRecords(access, { queues: queueRecords(skus) }, 'strong')).queues,
  };
}

export function dynamodbPlanQueues(access: TableAccess): PlanQueues {
  return {
    plansAndQueues: (skus, consistency) =>
      readRecords(access, { plans: planRecords(skus), queues: queueRecords(skus) }, consistency),
  };
}
