import type { Instant } from '../../shared/kernel/time.ts';
import { statusPartition, viewBuckets } from '../domain/view-keys.ts';
import type { ListPartition, OrderLists } from './order-lists.ts';

/** Statuses that an order should leave in time: `placed` within minutes, `confirmed` after its last delivery. */
export type StallingStatus = 'placed' | 'on_hold' | 'confirmed';

/** Orders of one page, and pages of one run. A run can process that many orders within its time limit. */
const pageSize = 100;
const maxPages = 50;

/** The lower bound of every list; no order is older. */
const earliest = '1970-01-01';

/** Thrown when the index lists more orders than one run processes, so that the run fails and its alarm is raised. */
export class TooManyStalledOrders extends Error {
  override readonly name = 'TooManyStalledOrders';
}

/**
 * Lists the ids of orders in one status that were placed before a moment. The lists may lag behind the log, so a caller
 * that acts on an order reads its log first. Pages come newest first, so that an order is found as soon as it is due, even
 * when many older orders wait for a person.
 *
 * @throws TooManyStalledOrders after the last page that a run may read, when there are more.
 */
export function stalledOrders(lists: Pick<OrderLists, 'newest'>) {
  return async function* (status: StallingStatus, placedBefore: Instant): AsyncGenerator<readonly string[]> {
    const partitions = Array.from({ length: viewBuckets }, (_, bucket): ListPartition => {
      return { index: 'byStatus', attribute: 'statusBucket', value: statusPartition(status, bucket) };
    });
    let before: string = placedBefore;
    for (let page = 0; page < maxPages; page++) {
      const keys = await lists.newest(partitions, { from: earliest, before }, pageSize);
      if (keys.length > 0) yield keys.map(({ orderId }) => orderId);
      const last = keys.at(-1);
      if (last === undefined || keys.length < pageSize) return;
      before = last.placedKey;
    }
    throw new TooManyStalledOrders(
      `more than ${maxPages * pageSize} orders placed before ${placedBefore} are ${status}`,
    );
  };
}
