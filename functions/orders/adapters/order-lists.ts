import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { orderSummary } from '../../../api/orders.ts';
import { dynamo } from '../../shared/aws/clients.ts';
import { batchGet } from '../../shared/batch-get.ts';
import { systemPace } from '../../shared/kernel/backoff.ts';
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

export interface OrderLists {
  /** The newest keys of the range over all the partitions, merged; at most `limit`. */
  newest(partitions: readonly ListPartition[], range: ListRange, limit: number): Promise<readonly ListKey[]>;
  /** The views of these keys in the same order; those that are gone are left out. */
  views(keys: readonly ListKey[]): Promise<readonly OrderView[]>;
}

export function orderLists(table: string): OrderLists {
  return {
    async newest(partitions, range, limit) {
      const lists = await Promise.all(partitions.map((partition) => queryNewest(table, partition, range, limit)));
      // An order that changes its status while the indexes are read may be found under the old one and the new one.
      const keys = new Map(lists.flat().map((key) => [key.placedKey, key]));
      return [...keys.values()].sort((a, b) => (a.placedKey < b.placedKey ? 1 : -1)).slice(0, limit);
    },
    async views(keys) {
      const read = { table, keys: keys.map(({ orderId }) => ({ orderId: { S: orderId } })), latest: false };
      const items = await batchGet(dynamo(), read, systemPace);
      const views = items.map((item) => z.parse(orderSummary, unmarshall(item)));
      const found = new Map(views.map((view) => [view.orderId, view]));
      return keys.flatMap(({ orderId }) => found.get(orderId) ?? []);
    },
  };
}

async function queryNewest(
  table: string,
  { index, attribute, value }: ListPartition,
  { from, before }: ListRange,
  limit: number,
): Promise<ListKey[]> {
  if (from >= before) return [];
  const { Items = [] } = await dynamo().send(
    new QueryCommand({
      TableName: table,
      IndexName: index,
      KeyConditionExpression: '#partition = :partition AND placedKey BETWEEN :from AND :before',
      ExpressionAttributeNames: { '#partition': attribute },
      ExpressionAttributeValues: { ':partition': { S: value }, ':from': { S: from }, ':before': { S: before } },
      ScanIndexForward: false,
      // BETWEEN includes the key that the previous page ended with.
      Limit: limit + 1,
    }),
  );
  return Items.map((item) => ({ orderId: item.orderId?.S ?? '', placedKey: item.placedKey?.S ?? '' }))
    .filter(({ placedKey }) => placedKey < before)
    .slice(0, limit);
}
