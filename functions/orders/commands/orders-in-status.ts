import type { Instant } from '../../shared/kernel/time.ts';
import { earliest, statusPartition, viewBuckets } from '../domain/view-keys.ts';
import type { ListPartition, OrderLists } from './order-lists.ts';

/** Orders of one page, and pages of one listing. */
const pageSize = 100;
const maxPages = 50;

/** Orders of one page. `more` is true on the last page when there are orders beyond the listing's limit. */
export interface OrdersPage {
  readonly orderIds: readonly string[];
  readonly more: boolean;
}

/**
 * Lists the ids of orders in one status that were placed before a moment, newest first, up to a limit. The lists may lag
 * behind the log, so a caller that judges an order reads its log first.
 */
export function ordersInStatus(lists: Pick<OrderLists, 'newest'>) {
  return async function* (status: 'placed' | 'confirmed', placedBefore: Instant): AsyncGenerator<OrdersPage> {
    const partitions = Array.from({ length: viewBuckets }, (_, bucket): ListPartition => {
      return { index: 'byStatus', attribute: 'statusBucket', value: statusPartition(status, bucket) };
    });
    let before: string = placedBefore;
    for (let page = 1; page <= maxPages; page++) {
      const keys = await lists.newest(partitions, { from: earliest, before }, pageSize);
      const last = keys.at(-1);
      if (last === undefined) return;
      yield { orderIds: keys.map(({ orderId }) => orderId), more: page === maxPages && keys.length === pageSize };
      if (keys.length < pageSize) return;
      before = last.placedKey;
    }
  };
}
