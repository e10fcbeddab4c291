import type { StoreClient } from './dynamodb/store-client.ts';

type Attribute = Record<string, unknown>;
export type Item = Record<string, unknown>;

/** Plain values of a stored item. Numbers become numbers, lists and maps too, sets become lists. */
export function plain(item: Record<string, Attribute>): Item {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(attribute: Attribute): unknown {
  const [[type, content] = ['NULL', null]] = Object.entries(attribute);
  switch (type) {
    case 'N':
      return Number(content);
    case 'NS':
      return (content as string[]).map(Number);
    case 'NULL':
      return null;
    case 'L':
      return (content as Attribute[]).map(plainValue);
    case 'M':
      return plain(content as Record<string, Attribute>);
    default:
      return content;
  }
}

/** All items of a table whose partition key starts with the prefix, as plain values. */
export async function itemsWithPrefix(store: StoreClient, table: string, prefix: string): Promise<Item[]> {
  type Page = { Items: Record<string, Attribute>[]; LastEvaluatedKey?: unknown };
  const items: Item[] = [];
  for (let start: unknown; ; ) {
    const page: Page = await store.call('DynamoDB_20120810.Scan', {
      TableName: table,
      ConsistentRead: true,
      FilterExpression: 'begins_with(pk, :prefix)',
      ExpressionAttributeValues: { ':prefix': { S: prefix } },
      ...(start ? { ExclusiveStartKey: start } : {}),
    });
    items.push(...page.Items.map(plain));
    start = page.LastEvaluatedKey;
    if (!start) return items;
  }
}
