import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { TableAccess } from '../../../shared/table-access.ts';
import type { BackorderedOrder, QueuePlace } from '../domain/backorder.ts';
import { arrivalIndex, backorderFrom, backorderKey, backorderPrefix } from './backorder-items.ts';

export async function findBackorder(
  { client, table }: Pick<TableAccess, 'client' | 'table'>,
  orderId: string,
): Promise<BackorderedOrder | undefined> {
  const Key = { pk: { S: backorderKey(orderId) } };
  const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
  return Item && backorderFrom(Item);
}

export async function backordersInOrder(
  { client, table }: Pick<TableAccess, 'client' | 'table'>,
  sku: string,
  after: QueuePlace | undefined,
  limit: number,
): Promise<readonly QueuePlace[]> {
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
    return { orderId: (pk?.S ?? '').slice(backorderPrefix.length), since: waitSince?.S ?? '' };
  });
}
