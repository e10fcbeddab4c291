import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { sqs } from './aws/clients.ts';
import { isTransient } from './kernel/faults.ts';
import { logger } from './logging.ts';

/** A new item of a table, with its key and its position in the stream. */
export interface StreamItem {
  readonly sequenceNumber: string;
  readonly key: Readonly<Record<string, string>>;
  readonly image: Record<string, AttributeValue>;
}

/** An item that its consumer can never handle, and the error. */
export interface PoisonItem {
  readonly item: StreamItem;
  readonly error: unknown;
}

/**
 * Makes the handler of a table's stream. When `consume` throws, the whole batch is reported as failed, and the event source
 * mapping repeats it within its own limits. The keys of poison items are sent to the queue `failuresQueueUrl`, and the
 * stream continues with the next batch.
 *
 * @param consumer the name of the consumer in logs and messages.
 * @param consume returns the items that can never be handled, and throws for a fault that may pass.
 */
export function streamConsumer(
  consumer: string,
  failuresQueueUrl: string,
  consume: (items: readonly StreamItem[]) => Promise<readonly PoisonItem[]>,
): (batch: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse> {
  return async ({ Records }) => {
    const items = Records.flatMap(toStreamItem);
    try {
      const poison = await consume(items);
      await Promise.all(poison.map((each) => park(consumer, failuresQueueUrl, each)));
      return { batchItemFailures: [] };
    } catch (error) {
      const fault = error instanceof Error ? error : new Error('unknown fault');
      logger.error('batch not consumed', {
        consumer,
        items: items.length,
        transient: isTransient(error),
        error: fault,
      });
      const first = items[0];
      return { batchItemFailures: first === undefined ? [] : [{ itemIdentifier: first.sequenceNumber }] };
    }
  };
}

function toStreamItem({ dynamodb }: DynamoDBRecord): StreamItem[] {
  if (dynamodb?.NewImage === undefined || dynamodb.SequenceNumber === undefined) return [];
  const key = Object.fromEntries(
    Object.entries(dynamodb.Keys ?? {}).map(([name, value]) => [name, value.S ?? value.N ?? '']),
  );
  const image = dynamodb.NewImage as Record<string, AttributeValue>;
  return [{ sequenceNumber: dynamodb.SequenceNumber, key, image }];
}

async function park(consumer: string, queueUrl: string, { item, error }: PoisonItem): Promise<void> {
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
  logger.error('item parked', { consumer, ...item.key, reason });
  const MessageBody = JSON.stringify({ consumer, key: item.key, reason });
  await sqs().send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
}
