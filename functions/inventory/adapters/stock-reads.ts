import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { batchGet } from '../../shared/batch-get.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import type { Board, Found, Wanted } from '../domain/stock-table.ts';
import type { StockTableOptions } from './dynamodb-stock-table.ts';
import { boardFrom, countersFrom, planFrom, reservationFrom } from './items.ts';
import { allHoldBuckets, boardKey, expiryIndex, planKey, prefixes, reservationKey, shardKey } from './keys.ts';

/** Records of several kinds in one request. */
export async function readStock(
  { client, table, pace }: StockTableOptions,
  { orderId, orderIds = [], skus = [], shards = [] }: Wanted,
  how: 'latest' | 'cheap',
): Promise<Found> {
  const orders = orderId === undefined ? orderIds : [orderId, ...orderIds];
  const names = [...orders.map(reservationKey), ...skus.map(planKey), ...shards.map(shardKey)];
  const keys = [...new Set(names)].map((name) => ({ pk: { S: name } }));
  const items = await batchGet(client, { table, keys, latest: how === 'latest' }, pace);
  const byKey = new Map(items.map((item) => [item.pk?.S ?? '', item]));
  const reservations = orders.flatMap((order) => {
    const item = byKey.get(reservationKey(order));
    const reservation = item && reservationFrom(item);
    return reservation === undefined ? [] : [[order, reservation] as const];
  });
  const byOrder = new Map(reservations);
  const plans = skus.flatMap((sku) => {
    const item = byKey.get(planKey(sku));
    return item === undefined ? [] : [planFrom(item)];
  });
  return {
    reservation: orderId === undefined ? undefined : byOrder.get(orderId),
    reservations: byOrder,
    plans: new Map(plans.map((plan) => [plan.sku, plan])),
    shards: shards.map((shard) => countersFrom(shard, byKey.get(shardKey(shard)))),
  };
}

export async function readBoard(
  { client, table, pace }: StockTableOptions,
  sku: string,
  copy: number,
): Promise<Board | undefined> {
  const keys = [{ pk: { S: boardKey(sku, copy) } }];
  const [item] = await batchGet(client, { table, keys, latest: false }, pace);
  return item && boardFrom(sku, item);
}

/** The oldest due holds of each bucket of the index. */
export async function readDueHolds(
  { client, table }: StockTableOptions,
  now: Instant,
  limit: number,
): Promise<string[]> {
  const pages = await Promise.all(
    allHoldBuckets.map((bucket) =>
      client.send(
        new QueryCommand({
          TableName: table,
          IndexName: expiryIndex,
          KeyConditionExpression: 'holdBucket = :bucket AND expiresAt <= :now',
          ExpressionAttributeValues: { ':bucket': { S: bucket }, ':now': { S: now } },
          Limit: Math.ceil(limit / allHoldBuckets.length),
        }),
      ),
    ),
  );
  return pages
    .flatMap((page) => page.Items ?? [])
    .map((item) => ({ key: item.pk?.S ?? '', expiresAt: item.expiresAt?.S ?? '' }))
    .sort((a, b) => (a.expiresAt < b.expiresAt ? -1 : 1))
    .map(({ key }) => key.slice(prefixes.reservation.length));
}
