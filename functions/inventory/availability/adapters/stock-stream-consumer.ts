import * as z from 'zod/mini';
import { definitionOf } from '../../../../events/catalog.ts';
import type { StockEnvelope } from '../../../../events/envelope.ts';
import type { PoisonItem, StreamItem } from '../../../shared/stream-consumer.ts';
import { planPrefix, shardPrefix } from '../../sharding/index.ts';
import { eventOfLevel } from '../domain/level-change.ts';
import { levelChangeFrom, levelPrefix } from './dynamodb-level-store.ts';

/**
 * SKUs read together: so many plans and queues fill one request of the store, and their announced levels another one. It
 * bounds the levels that are announced at the same time as well.
 */
const skusAtOnce = 50;

/**
 * Publishes what the stream of the stock table tells. Ledger records and announced levels are facts: they are published
 * as they stand. A shard, a plan or an announced level that changed is a reason to read the SKU's level, once for the
 * whole batch.
 *
 * @param publish puts the events of items on the bus, and answers those that it can never publish.
 * @param announce answers the reason, for each SKU that can never be read; the last item that named it stands for it.
 */
export function stockStreamConsumer(
  publish: (items: readonly StreamItem[]) => Promise<readonly PoisonItem[]>,
  announce: (skus: readonly string[]) => Promise<ReadonlyMap<string, unknown>>,
) {
  return async (items: readonly StreamItem[]): Promise<readonly PoisonItem[]> => {
    const poison = [...(await publish(items))];
    const causes = new Map(items.map((item) => [skuToRead(item.key.pk ?? ''), item]));
    const due = [...causes.keys()].filter((sku) => sku !== undefined);
    for (let start = 0; start < due.length; start += skusAtOnce) {
      for (const [sku, error] of await announce(due.slice(start, start + skusAtOnce))) {
        const item = causes.get(sku);
        if (item !== undefined) poison.push({ item, error });
      }
    }
    return poison;
  };
}

/** @throws Error for an event whose data do not match its schema in the catalog. */
export function checkedEvent(envelope: StockEnvelope): StockEnvelope {
  z.parse(definitionOf(envelope.type, envelope.version).data, envelope.data);
  return envelope;
}

/**
 * The event of an announced level; none for any other item.
 *
 * @throws Error for an item that makes no event of the catalog.
 */
export function levelEventsOf({ key, image }: StreamItem): StockEnvelope[] {
  return key.pk?.startsWith(levelPrefix) ? [checkedEvent(eventOfLevel(levelChangeFrom(image)))] : [];
}

/** Shards are `I#<location>#<sku>#<shard>`; locations and SKUs have no `#`. */
function skuToRead(pk: string): string | undefined {
  if (pk.startsWith(shardPrefix)) return pk.split('#')[2];
  if (pk.startsWith(planPrefix)) return pk.slice(planPrefix.length);
  return pk.startsWith(levelPrefix) ? pk.slice(levelPrefix.length) : undefined;
}
