import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import type { Item } from '../../../shared/batch-get.ts';
import { writeIf } from '../../../shared/conditional-writes.ts';
import { stockKinds } from '../../../shared/item-kinds.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { type AccessOptions, type RecordRequest, readRecords, tableAccess } from '../../../shared/table-access.ts';
import type { LevelStore } from '../commands/announce-levels.ts';
import type { LevelChange } from '../domain/level-change.ts';

export const levelPrefix = stockKinds.level;
const levelKey = (sku: string) => levelPrefix + sku;

const level = z.enum(['ok', 'low', 'depleted']);
const count = z.int().check(z.minimum(0));

const levelItem = z.object({
  pk: z.string(),
  before: level,
  level,
  sequence: z.int().check(z.minimum(1)),
  available: count,
  lowAt: count,
  at: z.string(),
});

/**
 * The announced level in an item.
 *
 * @throws Error when the item is not an announced level.
 */
export function levelChangeFrom(item: Item): LevelChange {
  const { pk, at, ...change } = z.parse(levelItem, unmarshall(item));
  return { ...change, sku: pk.slice(levelPrefix.length), at: at as Instant };
}

function levelRecords(skus: readonly string[]): RecordRequest<ReadonlyMap<string, LevelChange>> {
  return {
    keys: skus.map(levelKey),
    read: (items) =>
      new Map(
        skus.flatMap((sku) => {
          const item = items.get(levelKey(sku));
          return item === undefined ? [] : [[sku, levelChangeFrom(item)] as const];
        }),
      ),
  };
}

/** One item for each SKU, with the latest announcement. The table's stream carries all of them. */
export function levelStore(table: string, options: AccessOptions = {}): LevelStore {
  const access = tableAccess(table, options);
  return {
    latest: async (skus) => (await readRecords(access, { levels: levelRecords(skus) }, 'strong')).levels,
    async announce({ sku, ...change }) {
      const before = change.sequence - 1;
      const result = await writeIf(access.pace, () =>
        access.client.send(
          new PutItemCommand({
            TableName: table,
            Item: marshall({ pk: levelKey(sku), ...change }),
            ...(before === 0
              ? { ConditionExpression: 'attribute_not_exists(pk)' }
              : {
                  ConditionExpression: '#sequence = :before',
                  ExpressionAttributeNames: { '#sequence': 'sequence' },
                  ExpressionAttributeValues: { ':before': { N: String(before) } },
                }),
          }),
        ),
      );
      if (result.outcome === 'contended') throw new TransientFault(`SKU ${sku}: its announcement was contended`);
      return result.outcome === 'done' ? 'announced' : 'changed';
    },
  };
}
