import { batchGet } from '../../../shared/batch-get.ts';
import { linesFrom } from '../../backorders/adapters/backorder-items.ts';
import { registryFrom } from '../../locations/adapters/registry-item.ts';
import type { StockTableOptions } from '../../sharding/adapters/dynamodb-stock-table.ts';
import {
  boardKey,
  hotKey,
  ledgerKey,
  lineKey,
  planKey,
  registryKey,
  reservationKey,
  shardKey,
} from '../../sharding/adapters/keys.ts';
import type { Board, Found, Wanted } from '../../sharding/commands/stock-table.ts';
import { boardFrom, countersFrom, ledgerRecordFrom, planFrom, reservationFrom } from './items.ts';

/** Records of several kinds in one request. */
export async function readStock(
  { client, table, pace }: StockTableOptions,
  { orderId, orderIds = [], skus = [], shards = [], places = false, record, lines = [] }: Wanted,
  how: 'latest' | 'cheap',
): Promise<Found> {
  const orders = orderId === undefined ? orderIds : [orderId, ...orderIds];
  const others = [
    ...(places ? [registryKey] : []),
    ...(record === undefined ? [] : [ledgerKey(record.kind, record.id)]),
    ...lines.map(lineKey),
  ];
  const names = [...orders.map(reservationKey), ...skus.map(planKey), ...others, ...shards.map(shardKey)];
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
  const recorded = record && byKey.get(ledgerKey(record.kind, record.id));
  return {
    reservation: orderId === undefined ? undefined : byOrder.get(orderId),
    reservations: byOrder,
    plans: new Map(plans.map((plan) => [plan.sku, plan])),
    shards: shards.map((shard) => countersFrom(shard, byKey.get(shardKey(shard)))),
    ...(recorded && { record: ledgerRecordFrom(recorded) }),
    ...(lines.length > 0 && { lines: linesFrom(lines, byKey) }),
    ...(places && { places: registryFrom(byKey.get(registryKey)).locations }),
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

export async function readHotSkus({ client, table, pace }: StockTableOptions): Promise<readonly string[]> {
  const [item] = await batchGet(client, { table, keys: [{ pk: { S: hotKey } }], latest: false }, pace);
  return item?.skus?.SS ?? [];
}
