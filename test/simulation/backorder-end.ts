import type { Item } from '../../bench/inventory-simulator/memory-items.ts';
import { backorderOf, queuesIn } from '../../bench/inventory-simulator/memory-queue-records.ts';
import { reservationOf } from '../../bench/inventory-simulator/memory-records.ts';
import { countersOf } from '../../bench/inventory-simulator/memory-shards.ts';
import { type BackorderedOrder, backorderPrefix } from '../../functions/inventory/backorders/index.ts';
import { reservationKey } from '../../functions/inventory/reservations/index.ts';
import { shardId } from './stock-rules.ts';

/** The rules of the backorder queues once nothing is under way any more. */
export function wrongQueues(items: readonly Item[], ended: ReadonlySet<string>, skus: readonly string[]): string[] {
  const records = new Map(items.map((item) => [item.pk, item]));
  const orders = items.filter(({ pk }) => pk.startsWith(backorderPrefix)).map(backorderOf);
  const waiting = orders.filter(({ state }) => state === 'waiting');
  const left = orders.filter(({ state }) => state === 'filled');
  return [
    ...left.map(({ orderId }) => `${orderId}: has left its queue, and its saga was not resumed`),
    ...orders.filter(({ orderId }) => ended.has(orderId)).map(({ orderId }) => `${orderId}: ended, and is in a queue`),
    ...skus.flatMap((sku) => wrongQueue(sku, waiting, records)),
  ];
}

function wrongQueue(sku: string, waiting: readonly BackorderedOrder[], records: ReadonlyMap<string, Item>): string[] {
  const { onSale, kept } = unitsOf(sku, [...records.values()]);
  const units = queuesIn(records, [sku]).get(sku)?.units ?? 0;
  const wrong = kept > units ? [`${sku}: ${kept} units are reserved for backorders, orders wait for ${units}`] : [];
  const [first] = waiting.filter((order) => order.sku === sku).sort((a, b) => (a.since < b.since ? -1 : 1));
  if (first === undefined) return wrong;
  const reserved = reservationOf(records.get(reservationKey(first.orderId)));
  if (reserved !== undefined)
    wrong.push(`${first.orderId}: waits for ${sku}, and its reservation is ${reserved.state}`);
  if (first.units <= onSale + kept) {
    wrong.push(`${first.orderId}: waits for ${first.units} of ${sku}, with ${onSale} on sale and ${kept} reserved`);
  }
  return wrong;
}

/** Units on sale, and units reserved for backorders. */
function unitsOf(sku: string, items: readonly Item[]): { onSale: number; kept: number } {
  const shards = items
    .filter(({ pk }) => pk.startsWith('I#'))
    .map((item) => countersOf(shardId(item.pk), item))
    .filter((shard) => shard.sku === sku);
  const sum = (isWanted: (shard: number | string) => boolean) =>
    shards.filter(({ shard }) => isWanted(shard)).reduce((total, { available }) => total + available, 0);
  return { onSale: sum((shard) => typeof shard === 'number'), kept: sum((shard) => shard === 'backorder') };
}
