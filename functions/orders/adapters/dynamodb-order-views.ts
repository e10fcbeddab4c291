import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { dynamo } from '../../shared/aws/clients.ts';
import type { OrderView } from '../domain/order-view.ts';
import { bucketOf, dayOf, dayPartition, placedKeyOf, statusPartition } from '../domain/view-keys.ts';

/** Writes the read model. A view older than the stored one is dropped: the stream may deliver late and twice. */
export function orderViewWriter(table: string) {
  return async (view: OrderView): Promise<void> => {
    const bucket = bucketOf(view.orderId);
    const keys = {
      placedKey: placedKeyOf(view),
      statusBucket: statusPartition(view.status, bucket),
      dayBucket: dayPartition(dayOf(view.placedAt), bucket),
    };
    try {
      await dynamo().send(
        new PutItemCommand({
          TableName: table,
          Item: marshall({ ...view, ...keys }),
          ConditionExpression: 'attribute_not_exists(orderId) OR version < :version',
          ExpressionAttributeValues: { ':version': { N: String(view.version) } },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };
}
