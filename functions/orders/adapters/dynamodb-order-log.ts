import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { readConfig } from '../../shared/config.ts';
import type { OrderLog } from '../commands/order-log.ts';
import type { Commit } from '../domain/commit.ts';
import { fromItem, toItem, type Writer } from './commit-item.ts';

/** Most commits of one order. An order usually has about ten; a thousand are the sign of an endless loop. */
const maxCommits = 1_000;

const writer: Writer = { home: readConfig('CELL').CELL, epoch: 0 };

/**
 * The order log in the table `Orders`, one item a commit.
 *
 * @throws Error from a read of an order with more than {@link maxCommits} commits.
 */
export function dynamoOrderLog(client: DynamoDBClient, table: string): OrderLog {
  const query = async (orderId: string, extra: { Limit?: number }): Promise<Commit[]> => {
    const commits: Commit[] = [];
    let from: Record<string, AttributeValue> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'orderId = :orderId',
          ExpressionAttributeValues: { ':orderId': { S: orderId } },
          ConsistentRead: true,
          ExclusiveStartKey: from,
          ...extra,
        }),
      );
      commits.push(...(page.Items ?? []).map((item) => fromItem(item)));
      from = extra.Limit === undefined ? page.LastEvaluatedKey : undefined;
      if (commits.length > maxCommits) throw new Error(`order ${orderId} has more than ${maxCommits} commits`);
    } while (from !== undefined);
    return commits;
  };

  return {
    async append(commit) {
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: toItem(commit, writer),
            ConditionExpression: 'attribute_not_exists(orderId)',
          }),
        );
        return 'committed';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'conflict';
        throw error;
      }
    },
    read: (orderId) => query(orderId, {}),
    first: async (orderId) => (await query(orderId, { Limit: 1 }))[0],
  };
}
