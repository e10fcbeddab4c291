import * as z from 'zod/mini';
import { definitionOf } from '../../../../events/catalog.ts';
import type { StockEnvelope } from '../../../../events/envelope.ts';
import type { PoisonItem, StreamItem } from '../../../shared/stream-consumer.ts';
import { ledgerRecordFrom } from '../../reservations/adapters/items.ts';
import { prefixes } from '../../sharding/adapters/keys.ts';
import { eventOfLevel, eventOfRecord } from '../domain/level-change.ts';
import { levelChangeFrom } from './dynamodb-level-store.ts';

/**
 * SKUs looked at together: so many plans and lines fill one request of the store, and what was told of them another one.
 * It bounds the levels that are told at the same time as well.
 */
const skusAtOnce = 50;

/**
 * What the stream of the stock table means to others. Ledger records and told levels are facts: they are published as
 * they stand. A shard, a plan or a told level that changed is a reason to look at the SKU, once for the whole batch.
 *
 * @param publish puts the events of items on the bus, and says which it can never publish.
 * @param look says why, for each SKU that can never be looked at; the last item that named it stands for it.
 */
export function stockAnnouncer(
  publish: (items: readonly StreamItem[]) => Promise<readonly PoisonItem[]>,
  look: (skus: readonly string[]) => Promise<ReadonlyMap<string, unknown>>,
) {
  return async (items: readonly StreamItem[]): Promise<readonly PoisonItem[]> => {
    const poison = [...(await publish(items))];
    const causes = new Map(items.map((item) => [skuToLookAt(item.key.pk ?? ''), item]));
    const due = [...causes.keys()].filter((sku) => sku !== undefined);
    for (let start = 0; start < due.length; start += skusAtOnce) {
      for (const [sku, error] of await look(due.slice(start, start + skusAtOnce))) {
        const item = causes.get(sku);
        if (item !== undefined) poison.push({ item, error });
      }
    }
    return poison;
  };
}

/** @throws Error for a record of which the catalog knows no event. */
export function stockEventsOf({ key, image }: StreamItem): StockEnvelope[] {
  const { pk = '' } = key;
  if (pk.startsWith(prefixes.ledger)) return [checked(eventOfRecord(ledgerRecordFrom(image)))];
  return pk.startsWith(prefixes.told) ? [checked(eventOfLevel(levelChangeFrom(image)))] : [];
}

function checked(envelope: StockEnvelope): StockEnvelope {
  z.parse(definitionOf(envelope.type, envelope.version).data, envelope.data);
  return envelope;
}

/** Shards are `I#<location>#<sku>#<shard>`; locations and SKUs have no `#`. */
function skuToLookAt(pk: string): string | undefined {
  if (pk.startsWith(prefixes.shard)) return pk.split('#')[2];
  if (pk.startsWith(prefixes.plan)) return pk.slice(prefixes.plan.length);
  return pk.startsWith(prefixes.told) ? pk.slice(prefixes.told.length) : undefined;
}
