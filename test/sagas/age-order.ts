import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, GetItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { addSeconds, type Instant } from '../../functions/shared/kernel/time.ts';
import type { Local } from '../../local/index.ts';

/** Waits for the view of a version. */
const patienceMs = 10_000;
const pollMs = 20;

/**
 * Makes every commit of an order older, as if the time had passed, and the time at which it is due. Waits first until its
 * view has this version.
 */
export async function ageOrder(local: Local, orderId: string, version: number, seconds: number): Promise<void> {
  const credentials = { accessKeyId: 'operator', secretAccessKey: 'operator' };
  const client = new DynamoDBClient({ endpoint: local.awsUrl, region: 'us-east-1', credentials });
  try {
    const dueKey = await dueKeyAt(client, orderId, version);
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: 'Orders',
        KeyConditionExpression: 'orderId = :id',
        ExpressionAttributeValues: { ':id': { S: orderId } },
      }),
    );
    for (const { version: sequence, committedAt } of Items) {
      await client.send(
        new UpdateItemCommand({
          TableName: 'Orders',
          Key: { orderId: { S: orderId }, version: sequence ?? { N: '0' } },
          UpdateExpression: 'SET committedAt = :then',
          ExpressionAttributeValues: { ':then': { S: addSeconds(committedAt?.S as Instant, -seconds) } },
        }),
      );
    }
    if (dueKey === undefined) return;
    const [dueAt = ''] = dueKey.split('#');
    await client.send(
      new UpdateItemCommand({
        TableName: 'OrderViews',
        Key: { orderId: { S: orderId } },
        UpdateExpression: 'SET dueKey = :key',
        ExpressionAttributeValues: { ':key': { S: `${addSeconds(dueAt as Instant, -seconds)}#${orderId}` } },
      }),
    );
  } finally {
    client.destroy();
  }
}

async function dueKeyAt(client: DynamoDBClient, orderId: string, version: number): Promise<string | undefined> {
  for (const start = performance.now(); performance.now() - start < patienceMs; await sleep(pollMs)) {
    const request = { TableName: 'OrderViews', Key: { orderId: { S: orderId } }, ConsistentRead: true };
    const { Item } = await client.send(new GetItemCommand(request));
    if (Item?.version?.N === String(version)) return Item.dueKey?.S;
  }
  throw new Error(`the view of ${orderId} did not reach version ${version} in ${patienceMs} ms`);
}
