import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { StoreClient } from './store-client.ts';

export type Item = Record<string, unknown>;

/** All items of a table whose partition key starts with the prefix, as plain values. */
export async function itemsWithPrefix(store: StoreClient, table: string, prefix: string): Promise<Item[]> {
  type Page = { Items: Parameters<typeof unmarshall>[0][]; LastEvaluatedKey?: unknown };
  const items: Item[] = [];
  for (let start: unknown; ; ) {
    const page: Page = await store.call('DynamoDB_20120810.Scan', {
      TableName: table,
      ConsistentRead: true,
      FilterExpression: 'begins_with(pk, :prefix)',
      ExpressionAttributeValues: { ':prefix': { S: prefix } },
      ...(start ? { ExclusiveStartKey: start } : {}),
    });
    for (const item of page.Items) items.push(unmarshall(item));
    start = page.LastEvaluatedKey;
    if (!start) return items;
  }
}
