import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { arrivalIndex, prefixes, waitingKey } from '../../sharding/adapters/keys.ts';
import type { Place, WaitingOrder } from '../commands/backorder-queue.ts';
import { waitingFrom } from './backorder-items.ts';
import type { LinesOptions } from './dynamodb-backorder-queue.ts';

export async function findWaiting({ client, table }: LinesOptions, orderId: string): Promise<WaitingOrder | undefined> {
  const Key = { pk: { S: waitingKey(orderId) } };
  const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
  return Item && waitingFrom(Item);
}

export async function waitingInOrder(
  { client, table }: LinesOptions,
  sku: string,
  after: Place | undefined,
  limit: number,
): Promise<readonly Place[]> {
  const page = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: arrivalIndex,
      KeyConditionExpression: `waitSku = :sku${after === undefined ? '' : ' AND waitSince > :after'}`,
      ExpressionAttributeValues: { ':sku': { S: sku }, ...(after && { ':after': { S: after.since } }) },
      Limit: limit,
    }),
  );
  return (page.Items ?? []).map(({ pk, waitSince }) => {
    return { orderId: (pk?.S ?? '').slice(prefixes.waiting.length), since: waitSince?.S ?? '' };
  });
}
