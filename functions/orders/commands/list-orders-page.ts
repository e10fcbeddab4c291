import type { OrderStatus } from '../domain/order.ts';
import type { OrderView } from '../domain/order-view.ts';
import { dayBefore, dayOf, dayPartition, placedKeyOf, statusPartition, viewBuckets } from '../domain/view-keys.ts';
import type { ListKey, ListPartition, ListRange, OrderLists } from './order-lists.ts';

export interface ListRequest {
  /** Undefined: the orders of all customers. */
  readonly customerId: string | undefined;
  readonly status: OrderStatus | undefined;
  readonly range: ListRange;
  readonly limit: number;
}

export interface ListPage {
  readonly items: readonly OrderView[];
  /** The exclusive upper bound of the next page, or undefined on the last page. */
  readonly before: string | undefined;
}

/** Days whose index is read before the search continues in the status indexes, which are not divided by day. */
const maxDays = 3;
/** Keys of the second and each later read of a filtered page: as many as one request for their views takes. */
const keysPerRead = 100;
/** Reads for one page. A customer's page looks at almost a thousand orders for those with the status. */
const maxReads = { customer: 10, status: 3 } as const;

const buckets = Array.from({ length: viewBuckets }, (_, bucket) => bucket);
const statuses: readonly OrderStatus[] = ['placed', 'confirmed', 'completed', 'rejected', 'cancelled', 'on_hold'];

/** One page of orders, newest first. The number of reads is bounded, for any number of orders. */
export async function listOrdersPage(lists: OrderLists, request: ListRequest): Promise<ListPage> {
  const { customerId, status, range, limit } = request;
  if (customerId !== undefined) {
    const partition: ListPartition = { index: 'byCustomer', attribute: 'customerId', value: customerId };
    return filteredPage(lists, [partition], request, maxReads.customer);
  }
  if (status !== undefined) return filteredPage(lists, partitionsOf(status), request, maxReads.status);
  const keys = await newestOfAll(lists, range, limit);
  return { items: await lists.views(keys), before: nextBefore(keys, limit) };
}

/**
 * A page of the orders with the requested status. The partitions may have other orders: those of a customer have every
 * status, and the index by status may lag behind the views. A page is short, and has a position to continue from, only when
 * the last of `reads` reads found no more.
 */
async function filteredPage(
  lists: OrderLists,
  partitions: readonly ListPartition[],
  { status, range, limit }: ListRequest,
  reads: number,
): Promise<ListPage> {
  const items: OrderView[] = [];
  let before: string | undefined = range.before;
  for (let read = 0; read < reads && before !== undefined; read++) {
    const wanted = read === 0 ? limit : Math.max(limit, keysPerRead);
    const keys: readonly ListKey[] = await lists.newest(partitions, { from: range.from, before }, wanted);
    const views = await lists.views(keys);
    items.push(...views.filter((view) => status === undefined || view.status === status));
    before = nextBefore(keys, wanted);
    const last = items[limit - 1];
    if (items.length > limit && last !== undefined) return { items: items.slice(0, limit), before: placedKeyOf(last) };
    if (items.length === limit) break;
  }
  return { items, before };
}

function nextBefore(keys: readonly ListKey[], limit: number): string | undefined {
  return keys.length < limit ? undefined : keys.at(-1)?.placedKey;
}

function partitionsOf(status: OrderStatus): ListPartition[] {
  return buckets.map((bucket) => ({
    index: 'byStatus',
    attribute: 'statusBucket',
    value: statusPartition(status, bucket),
  }));
}

async function newestOfAll(lists: OrderLists, range: ListRange, limit: number): Promise<readonly ListKey[]> {
  const keys: ListKey[] = [];
  let { before } = range;
  for (let count = 0; count < maxDays && before > range.from; count++) {
    // The bound is exclusive, so midnight means the day before.
    const day = before === dayOf(before) ? dayBefore(before) : dayOf(before);
    const partitions = buckets.map((bucket): ListPartition => {
      return { index: 'byDay', attribute: 'dayBucket', value: dayPartition(day, bucket) };
    });
    keys.push(...(await lists.newest(partitions, { from: range.from, before }, limit - keys.length)));
    if (keys.length === limit) return keys;
    before = day;
  }
  const rest = { from: range.from, before };
  return [...keys, ...(await lists.newest(statuses.flatMap(partitionsOf), rest, limit - keys.length))];
}
