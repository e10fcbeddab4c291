import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { dynamo } from '../../shared/aws/clients.ts';
import { batchGet, type Item } from '../../shared/batch-get.ts';
import { systemPace } from '../../shared/kernel/backoff.ts';
import { TransientFault } from '../../shared/kernel/faults.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import type { ToldLevels } from '../domain/announce-levels.ts';
import type { LevelChange } from '../domain/stock-announcement.ts';
import { writeIf } from './conditional-writes.ts';
import { prefixes, toldKey } from './keys.ts';

const level = z.enum(['ok', 'low', 'depleted']);
const count = z.int().check(z.minimum(0));

const toldItem = z.object({
  pk: z.string(),
  before: level,
  level,
  sequence: z.int().check(z.minimum(1)),
  available: count,
  lowAt: count,
  at: z.string(),
});

/** @throws Error when the item is no record of a level. */
export function levelChangeFrom(item: Item): LevelChange {
  const { pk, at, ...change } = z.parse(toldItem, unmarshall(item));
  return { ...change, sku: pk.slice(prefixes.told.length), at: at as Instant };
}

/** One item for each SKU, with the last change; the stream has them all. */
export function toldLevels(table: string, client: Pick<DynamoDBClient, 'send'> = dynamo()): ToldLevels {
  return {
    async latest(skus) {
      const keys = skus.map((sku) => ({ pk: { S: toldKey(sku) } }));
      const items = await batchGet(client, { table, keys, latest: true }, systemPace);
      return new Map(items.map(levelChangeFrom).map((change) => [change.sku, change]));
    },
    async tell({ sku, ...change }) {
      const before = change.sequence - 1;
      const result = await writeIf(() =>
        client.send(
          new PutItemCommand({
            TableName: table,
            Item: marshall({ pk: toldKey(sku), ...change }),
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
      if (result.outcome === 'contended') throw new TransientFault(`SKU ${sku}: others were telling its level`);
      return result.outcome === 'done' ? 'told' : 'changed';
    },
  };
}
