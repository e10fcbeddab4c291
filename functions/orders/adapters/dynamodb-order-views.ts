import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { dynamo } from '../../shared/aws/clients.ts';
import type { OrderView } from '../domain/order-view.ts';
import type { Unfinished } from '../domain/unfinished.ts';
import {
  bucketOf,
  dayOf,
  dayPartition,
  dueKeyOf,
  duePartition,
  placedKeyOf,
  statusPartition,
} from '../domain/view-keys.ts';

/** Which stored views are replaced: older ones, or also those of the same version, which are written again as a repair. */
export type Replaces = 'older' | 'older_or_same';

/**
 * Writes views to the table `OrderViews`. A view that is not newer than the stored one is dropped, because the stream
 * may deliver late or twice.
 */
export function orderViewWriter(table: string, replaces: Replaces = 'older') {
  return async (view: OrderView, due?: Pick<Unfinished, 'dueAt'>): Promise<void> => {
    const bucket = bucketOf(view.orderId);
    const keys = {
      placedKey: placedKeyOf(view),
      statusBucket: statusPartition(view.status, bucket),
      dayBucket: dayPartition(dayOf(view.placedAt), bucket),
    };
    const dueKeys = due && {
      dueBucket: duePartition(bucket),
      dueKey: dueKeyOf(due.dueAt, view.orderId),
    };
    try {
      await dynamo().send(
        new PutItemCommand({
          TableName: table,
          Item: marshall({ ...view, ...keys, ...dueKeys }),
          ConditionExpression: `attribute_not_exists(orderId) OR version ${replaces === 'older' ? '<' : '<='} :version`,
          ExpressionAttributeValues: { ':version': { N: String(view.version) } },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };
}
