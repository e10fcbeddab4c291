import type { Instant } from '../../shared/kernel/time.ts';
import { statusPartition, viewBuckets } from '../domain/view-keys.ts';
import type { ListPartition, OrderLists } from './order-lists.ts';

/** Statuses that a sound order leaves: within minutes, and when everything was delivered. */
export type StallingStatus = 'placed' | 'on_hold' | 'confirmed';

/** Orders asked for at a time, and of one run: what a run can look at within its time limit. */
const pageSize = 100;
const maxPages = 50;

/** Before every order. */
const beginning = '1970-01-01';

/** The index said `more` orders than a run looks at: somebody has to know. */
export class TooManyStalledOrders extends Error {
  override readonly name = 'TooManyStalledOrders';
}

/**
 * Finds orders that were placed before a moment and have been in one status since, as the lists show them: a moment
 * old, so whoever acts on one looks at the order itself. A page at a time, the newest first: an order is seen as
 * soon as it is due, however many older ones wait for a person.
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
      const keys = await lists.newest(partitions, { from: beginning, before }, pageSize);
      if (keys.length > 0) yield keys.map(({ orderId }) => orderId);
      const last = keys.at(-1);
      if (last === undefined || keys.length < pageSize) return;
      before = last.placedKey;
    }
    throw new TooManyStalledOrders(
      `more than ${maxPages * pageSize} orders are ${status} since before ${placedBefore}`,
    );
  };
}
