import type { OrderView } from '../domain/order-view.ts';

/** A partition of one of the indexes of `OrderViews`. */
export interface ListPartition {
  readonly index: 'byCustomer' | 'byStatus' | 'byDay';
  readonly attribute: 'customerId' | 'statusBucket' | 'dayBucket';
  readonly value: string;
}

/** Orders placed at or after `from` and before `before`, both compared with the index's `placedKey`. */
export interface ListRange {
  readonly from: string;
  readonly before: string;
}

export interface ListKey {
  readonly orderId: string;
  readonly placedKey: string;
}

/** The lists of orders. They are projections and may lag behind the log. */
export interface OrderLists {
  /** The newest keys of the range over all the partitions, merged; at most `limit`. */
  newest(partitions: readonly ListPartition[], range: ListRange, limit: number): Promise<readonly ListKey[]>;
  /** The views of these keys, in the same order. Missing views are left out. */
  views(keys: readonly ListKey[]): Promise<readonly OrderView[]>;
}
