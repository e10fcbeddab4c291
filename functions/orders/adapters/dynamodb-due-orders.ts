import { ConditionalCheckFailedException, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamo } from '../../shared/aws/clients.ts';
import type { DueOrders } from '../commands/due-orders.ts';
import { bucketOf, dueKeyOf, duePartition, orderIdOfDueKey, viewBuckets } from '../domain/view-keys.ts';

/** The index `byDue` of the table `OrderViews`. It is sparse: an order that is not under way is not in it. */
export function dynamoDueOrders(table: string): DueOrders {
  return {
    async oldest(after, before, limit) {
      const buckets = Array.from({ length: viewBuckets }, (_, bucket) => oldestIn(table, bucket, after, before, limit));
      return (await Promise.all(buckets))
        .flat()
        .sort((a, b) => (a < b ? -1 : 1))
        .slice(0, limit);
    },
    async take(dueKey, nextDueAt) {
      try {
        const { Attributes } = await dynamo().send(new UpdateItemCommand(takeOf(table, dueKey, nextDueAt)));
        const numberIn = (name: string) => Number(Attributes?.[name]?.N ?? 0);
        return {
          orderId: orderIdOfDueKey(dueKey),
          version: numberIn('version'),
          nth: numberIn('dueClaims'),
          execution: numberIn('dueExecution'),
        };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return undefined;
        throw error;
      }
    },
    async note({ orderId, version }, execution) {
      try {
        await dynamo().send(
          new UpdateItemCommand({
            TableName: table,
            Key: { orderId: { S: orderId } },
            UpdateExpression: 'SET dueExecution = :execution',
            ConditionExpression: 'version = :version',
            ExpressionAttributeValues: { ':execution': { N: String(execution) }, ':version': { N: String(version) } },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}

async function oldestIn(
  table: string,
  bucket: number,
  after: string | undefined,
  before: string,
  limit: number,
): Promise<string[]> {
  const { Items = [] } = await dynamo().send(
    new QueryCommand({
      TableName: table,
      IndexName: 'byDue',
      KeyConditionExpression: 'dueBucket = :bucket AND dueKey BETWEEN :after AND :before',
      ExpressionAttributeValues: {
        ':bucket': { S: duePartition(bucket) },
        ':after': { S: after ?? '0' },
        ':before': { S: before },
      },
      // BETWEEN includes the key that the previous page ended with.
      Limit: limit + 1,
    }),
  );
  return Items.map(({ dueKey }) => dueKey?.S ?? '').filter((dueKey) => dueKey !== after);
}

function takeOf(table: string, dueKey: string, nextDueAt: string | undefined) {
  const orderId = orderIdOfDueKey(dueKey);
  const count = 'dueClaims = if_not_exists(dueClaims, :none) + :one';
  const numbers = { ':none': { N: '0' }, ':one': { N: '1' } };
  const keys = { ':old': { S: dueKey }, ...numbers };
  const common = {
    TableName: table,
    Key: { orderId: { S: orderId } },
    ConditionExpression: 'dueKey = :old',
    ReturnValues: 'ALL_NEW',
  } as const;
  if (nextDueAt === undefined) {
    const UpdateExpression = `SET ${count} REMOVE dueBucket, dueKey`;
    return { ...common, UpdateExpression, ExpressionAttributeValues: keys };
  }
  return {
    ...common,
    UpdateExpression: `SET ${count}, dueBucket = :bucket, dueKey = :new`,
    ExpressionAttributeValues: {
      ...keys,
      ':bucket': { S: duePartition(bucketOf(orderId)) },
      ':new': { S: dueKeyOf(nextDueAt, orderId) },
    },
  };
}
