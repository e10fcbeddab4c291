import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { batchGet } from '../../shared/batch-get.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import type { Found, Wanted } from '../domain/stock-table.ts';
import type { StockTableOptions } from './dynamodb-stock-table.ts';
import { countersFrom, planFrom, reservationFrom } from './items.ts';
import { allHoldBuckets, expiryIndex, planKey, prefixes, registryKey, reservationKey, shardKey } from './keys.ts';
import { registryFrom } from './location-item.ts';

/** Records of several kinds in one request. */
export async function readStock(
  { client, table, pace }: StockTableOptions,
  { orderId, skus = [], shards = [], places = false }: Wanted,
  how: 'latest' | 'cheap',
): Promise<Found> {
  const reservations = orderId === undefined ? [] : [reservationKey(orderId)];
  const registries = places ? [registryKey] : [];
  const names = [...reservations, ...skus.map(planKey), ...registries, ...shards.map(shardKey)];
  const keys = [...new Set(names)].map((name) => ({ pk: { S: name } }));
  const items = await batchGet(client, { table, keys, latest: how === 'latest' }, pace);
  const byKey = new Map(items.map((item) => [item.pk?.S ?? '', item]));
  const reservation = orderId === undefined ? undefined : byKey.get(reservationKey(orderId));
  const plans = skus.flatMap((sku) => {
    const item = byKey.get(planKey(sku));
    return item === undefined ? [] : [planFrom(item)];
  });
  return {
    reservation: reservation === undefined ? undefined : reservationFrom(reservation),
    plans: new Map(plans.map((plan) => [plan.sku, plan])),
    shards: shards.map((shard) => countersFrom(shard, byKey.get(shardKey(shard)))),
    ...(places && { places: registryFrom(byKey.get(registryKey)).locations }),
  };
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
