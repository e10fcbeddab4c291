import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import type { Item } from '../../../shared/batch-get.ts';
import { type AccessOptions, tableAccess } from '../../../shared/table-access.ts';
import { queuePrefix } from '../../backorders/index.ts';
import { ledgerRecordFrom } from '../../ledger/index.ts';
import { reservationFrom, reservationsOf } from '../../reservations/index.ts';
import { countersFrom, dynamodbShardStore, planFrom, shardFrom } from '../../sharding/index.ts';
import type { AuditedStock } from '../commands/run-audit.ts';
import type { StockRecord } from '../domain/stock-tally.ts';

/** Segments of the table that are scanned in parallel. */
const segments = 8;
/** Pages per segment, a megabyte each: enough for a table of some hundred gigabytes. */
const maxPages = 20_000;

/**
 * Reads the stock from the inventory table. A page of a scan is a megabyte and uses 128 read units, or 256 when
 * strongly consistent.
 *
 * @param mayGoOn asked before each page; the scan ends when it returns false.
 */
export function dynamodbAuditedStock(table: string, mayGoOn: () => boolean, options: AccessOptions = {}): AuditedStock {
  const access = tableAccess(table, options);
  const scanSegment = async (segment: number, visit: (record: StockRecord) => void, latest: boolean) => {
    let itemCount = 0;
    let from: Record<string, AttributeValue> | undefined;
    for (let page = 0; page < maxPages && mayGoOn(); page++) {
      const { Items = [], LastEvaluatedKey } = await access.client.send(
        new ScanCommand({
          TableName: table,
          Segment: segment,
          TotalSegments: segments,
          ConsistentRead: latest,
          ExclusiveStartKey: from,
        }),
      );
      itemCount += Items.length;
      for (const record of Items.flatMap(recordsFrom)) visit(record);
      from = LastEvaluatedKey;
      if (from === undefined) return { itemCount, complete: true };
    }
    return { itemCount, complete: false };
  };
  return {
    shards: dynamodbShardStore(access),
    reservationsOf: (orderIds) => reservationsOf(access, orderIds),
    async scan(visit, consistency) {
      const parts = await Promise.all(
        Array.from({ length: segments }, (_, segment) => scanSegment(segment, visit, consistency === 'strong')),
      );
      return {
        itemCount: parts.reduce((sum, part) => sum + part.itemCount, 0),
        complete: parts.every(({ complete }) => complete),
      };
    },
  };
}

const count = z.int().check(z.minimum(0));
/** The fields of a waiting order that its queue must agree with. */
const waitingItem = z.pipe(
  z.object({ sku: z.string(), q: count }),
  z.transform(({ sku, q }) => ({ sku, units: q })),
);
const queueItem = z.object({ u: count });

/** Prefixes of items without units. */
const withoutUnits = new Set(['B', 'H', 'L', 'N']);

/** The record of an item; empty for an item without units. An item that cannot be parsed becomes `unreadable`. */
function recordsFrom(item: Item): StockRecord[] {
  const key = item.pk?.S ?? '';
  const prefix = key.slice(0, key.indexOf('#'));
  if (withoutUnits.has(prefix)) return [];
  try {
    const record = recordFrom(key, prefix, item);
    return record === undefined ? [] : [record];
  } catch (error) {
    return [{ kind: 'unreadable', key, reason: error instanceof Error ? error.message : String(error) }];
  }
}

function recordFrom(key: string, prefix: string, item: Item): StockRecord | undefined {
  switch (prefix) {
    case 'I':
      return { kind: 'shard', shard: countersFrom(shardFrom(key), item) };
    case 'P':
      return { kind: 'plan', plan: planFrom(item) };
    case 'C':
      return { kind: 'ledger', record: ledgerRecordFrom(item) };
    case 'R': {
      const reservation = reservationFrom(item);
      return reservation && { kind: 'reservation', reservation };
    }
    case 'W':
      return item.st?.S === 'WAITING' ? { kind: 'waiting', ...z.parse(waitingItem, unmarshall(item)) } : undefined;
    case 'Q':
      return { kind: 'queue', sku: key.slice(queuePrefix.length), units: z.parse(queueItem, unmarshall(item)).u };
    default:
      throw new Error('no kind of item begins like this');
  }
}
