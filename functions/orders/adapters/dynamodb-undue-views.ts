import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import { dynamo } from '../../shared/aws/clients.ts';

/**
 * Reads the whole table `OrderViews` and lists the orders that have not ended and are not in the index of due orders, by
 * page.
 */
export async function* undueViews(table: string): AsyncGenerator<readonly string[]> {
  let from: Record<string, AttributeValue> | undefined;
  do {
    const page = await dynamo().send(
      new ScanCommand({
        TableName: table,
        ProjectionExpression: 'orderId',
        FilterExpression: 'attribute_not_exists(dueKey) AND #status IN (:placed, :confirmed, :held)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':placed': { S: 'placed' },
          ':confirmed': { S: 'confirmed' },
          ':held': { S: 'on_hold' },
        },
        ExclusiveStartKey: from,
      }),
    );
    yield (page.Items ?? []).map(({ orderId }) => orderId?.S ?? '');
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
}
