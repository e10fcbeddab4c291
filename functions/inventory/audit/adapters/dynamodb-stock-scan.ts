import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import type { Item } from '../../../shared/batch-get.ts';
import type { Client } from '../../../shared/conditional-writes.ts';
import { countersFrom, ledgerRecordFrom, planFrom, reservationFrom } from '../../reservations/adapters/items.ts';
import type { ShardId, WithheldShard } from '../../sharding/domain/shard-plan.ts';
import type { StockScan } from '../commands/run-audit.ts';
import type { StockRecord } from '../domain/stock-tally.ts';

/** Parts of the table that are read side by side. */
const segments = 8;
/** Pages of a part, a megabyte each: with them a table of some hundred gigabytes is read to its end. */
const maxPages = 20_000;

/** Reads the whole table, as long as `mayGoOn` allows. Each page is a megabyte: 128 read units, twice that when it is to be the latest. */
export function stockScan(client: Client, table: string, mayGoOn: () => boolean = () => true): StockScan {
  const scanSegment = async (segment: number, see: (record: StockRecord) => void, latest: boolean) => {
    let itemCount = 0;
    let from: Record<string, AttributeValue> | undefined;
    for (let page = 0; page < maxPages && mayGoOn(); page++) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new ScanCommand({
          TableName: table,
          Segment: segment,
          TotalSegments: segments,
          ConsistentRead: latest,
          ExclusiveStartKey: from,
        }),
      );
      itemCount += Items.length;
      for (const record of Items.flatMap(recordsFrom)) see(record);
      from = LastEvaluatedKey;
      if (from === undefined) return { itemCount, complete: true };
    }
    return { itemCount, complete: false };
  };
  return {
    async scan(see, how) {
      const parts = await Promise.all(
        Array.from({ length: segments }, (_, segment) => scanSegment(segment, see, how === 'latest')),
      );
      return {
        itemCount: parts.reduce((sum, part) => sum + part.itemCount, 0),
        complete: parts.every(({ complete }) => complete),
      };
    },
  };
}

const count = z.int().check(z.minimum(0));
/** An order that waits, and the line of all that wait for a SKU: as far as they must agree. */
const waitingItem = z.pipe(
  z.object({ sku: z.string(), q: count }),
  z.transform(({ sku, q }) => ({ sku, units: q })),
);
const lineItem = z.object({ u: count });

/** What else is in the table, and nobody's units depend on. */
const others = new Set(['B', 'H', 'L', 'N']);

/** An item as an audit sees it; nothing for one that says nothing about units. */
export function recordsFrom(item: Item): StockRecord[] {
  const key = item.pk?.S ?? '';
  const prefix = key.slice(0, key.indexOf('#'));
  if (others.has(prefix)) return [];
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
      return { kind: 'line', sku: key.slice('Q#'.length), units: z.parse(lineItem, unmarshall(item)).u };
    default:
      throw new Error('no kind of item begins like this');
  }
}

/** @throws Error for a key that names no shard. */
function shardFrom(key: string): ShardId {
  const parts = /^I#([^#]+)#([^#]+)#(?:(\d+)|(safety|backorder))$/.exec(key);
  if (parts === null) throw new Error('the key names no shard');
  const [, location = '', sku = '', number, withheld] = parts;
  return { location, sku, shard: number === undefined ? (withheld as WithheldShard) : Number(number) };
}
