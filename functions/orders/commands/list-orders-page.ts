import type { OrderStatus } from '../domain/order.ts';
import type { OrderView } from '../domain/order-view.ts';
import { dayBefore, dayOf, dayPartition, statusPartition, viewBuckets } from '../domain/view-keys.ts';
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
/** Reads of a customer's orders in search of a status before a short page is returned. */
const maxFilterRounds = 3;

const buckets = Array.from({ length: viewBuckets }, (_, bucket) => bucket);
const statuses: readonly OrderStatus[] = ['placed', 'confirmed', 'completed', 'rejected', 'cancelled', 'on_hold'];

/** One page of orders, newest first. The number of reads is bounded, for any number of orders. */
export async function listOrdersPage(lists: OrderLists, request: ListRequest): Promise<ListPage> {
  if (request.customerId !== undefined) return customerPage(lists, request.customerId, request);
  const { status, range, limit } = request;
  const keys =
    status === undefined
      ? await newestOfAll(lists, range, limit)
      : await lists.newest(partitionsOf(status), range, limit);
  const items = await lists.views(keys);
  return {
    // The index may lag behind the views, so an order whose status has changed since is left out.
    items: items.filter((view) => status === undefined || view.status === status),
    before: nextBefore(keys, limit),
  };
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

async function customerPage(lists: OrderLists, customerId: string, request: ListRequest): Promise<ListPage> {
  const { status, range, limit } = request;
  const partition: ListPartition = { index: 'byCustomer', attribute: 'customerId', value: customerId };
  const items: OrderView[] = [];
  let before: string | undefined = range.before;
  for (let round = 0; round < maxFilterRounds && before !== undefined && items.length < limit; round++) {
    const wanted = limit - items.length;
    const keys: readonly ListKey[] = await lists.newest([partition], { from: range.from, before }, wanted);
    const views = await lists.views(keys);
    items.push(...views.filter((view) => status === undefined || view.status === status));
    before = nextBefore(keys, wanted);
  }
  return { items, before };
}
