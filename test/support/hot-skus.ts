import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

/** Switches a SKU that has a plan to the path of journaled debits. */
export async function makeHot(client: DynamoDBClient, table: string, sku: string): Promise<void> {
  await client.send(
    new UpdateItemCommand({
      TableName: table,
      Key: { pk: { S: `P#${sku}` } },
      UpdateExpression: 'SET #path = :journaled',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#path': 'path' },
      ExpressionAttributeValues: { ':journaled': { S: 'J' } },
    }),
  );
}
