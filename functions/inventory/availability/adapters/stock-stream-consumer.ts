import * as z from 'zod/mini';
import { definitionOf } from '../../../../events/catalog.ts';
import type { StockEnvelope } from '../../../../events/envelope.ts';
import type { PoisonItem, StreamItem } from '../../../shared/stream-consumer.ts';
import { planPrefix, shardPrefix } from '../../sharding/index.ts';
import { eventOfLevel } from '../domain/level-change.ts';
import { levelChangeFrom, levelPrefix } from './dynamodb-level-store.ts';

/**
 * SKUs read together: the plans and queues of so many fill one request to the store, and their announced levels another
 * one. This also bounds the levels that are announced at the same time.
 */
const skusAtOnce = 50;

/**
 * Handles a batch of the stock table's stream. Ledger records and announced levels are facts and are published as they
 * stand. A shard, a plan or an announced level that changed makes the SKU's level due for a read, once for the whole
 * batch.
 *
 * @param publish puts the events of items on the bus, and returns the items that it can never publish.
 * @param announce returns the reason for each SKU that can never be read. The last item that named the SKU is set aside
 * for it.
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

/**
 * The envelope itself, if its data match their schema in the catalog.
 *
 * @throws Error for an event whose data do not.
 */
export function checkedEvent(envelope: StockEnvelope): StockEnvelope {
  z.parse(definitionOf(envelope.type, envelope.version).data, envelope.data);
  return envelope;
}

/**
 * The event of an announced level; none for any other item.
 *
 * @throws Error for an item that does not make an event of the catalog.
 */
export function levelEventsOf({ key, image }: StreamItem): StockEnvelope[] {
  return key.pk?.startsWith(levelPrefix) ? [checkedEvent(eventOfLevel(levelChangeFrom(image)))] : [];
}

/**
 * The SKU whose level an item makes due. Keys of shards are `I#<location>#<sku>#<shard>`; locations and SKUs contain no
 * `#`.
 */
function skuToRead(pk: string): string | undefined {
  if (pk.startsWith(shardPrefix)) return pk.split('#')[2];
  if (pk.startsWith(planPrefix)) return pk.slice(planPrefix.length);
  return pk.startsWith(levelPrefix) ? pk.slice(levelPrefix.length) : undefined;
}
