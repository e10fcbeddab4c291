import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { FailedMessage } from './failure.ts';

/** A message that is hidden from other readers of the queue until the pass over the queue ends. */
export interface HeldMessage {
  readonly message: FailedMessage;
  remove(): Promise<void>;
}

/** SQS returns and accepts at most 10 messages in a request. */
const pageSize = 10;
/** Most pages of one pass: a list of 5,000 failures is long enough to see what is wrong. */
const maxPages = 500;
/** With a wait, SQS asks all of its servers, and an empty answer means that the queue is empty. */
const waitSeconds = 1;

/**
 * Passes over a queue once. SQS can only be read by receiving, which hides a message for a while: at the end of the pass
 * every message that was not removed becomes visible again.
 *
 * @param hiddenSeconds how long a message stays hidden when the process ends within the pass.
 */
export async function* passOver(sqs: SQSClient, QueueUrl: string, hiddenSeconds: number): AsyncGenerator<HeldMessage> {
  const seen = new Set<string>();
  /** Receipt handles by message id. */
  const held = new Map<string, string>();
  try {
    for (let page = 0; page < maxPages; page++) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          ...{
            QueueUrl,
            MaxNumberOfMessages: pageSize,
            WaitTimeSeconds: waitSeconds,
            VisibilityTimeout: hiddenSeconds,
          },
          MessageSystemAttributeNames: ['SentTimestamp', 'DeadLetterQueueSourceArn'],
          MessageAttributeNames: ['All'],
        }),
      );
      for (const { MessageId = '', ReceiptHandle = '' } of Messages) held.set(MessageId, ReceiptHandle);
      const unseen = Messages.filter(({ MessageId = '' }) => !seen.has(MessageId));
      // Messages come a second time when the pass has lasted longer than `hiddenSeconds`: everything has been seen then.
      if (unseen.length === 0) return;
      for (const received of unseen) {
        const message = messageIn(received);
        seen.add(message.id);
        const remove = async () => {
          await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: held.get(message.id) }));
          held.delete(message.id);
        };
        yield { message, remove };
      }
    }
  } finally {
    await release(sqs, QueueUrl, [...held.values()]);
  }
}

async function release(sqs: SQSClient, QueueUrl: string, handles: readonly string[]): Promise<void> {
  for (let start = 0; start < handles.length; start += pageSize) {
    const Entries = handles
      .slice(start, start + pageSize)
      .map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle, VisibilityTimeout: 0 }));
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
  }
}

function messageIn({ MessageId = '', Body = '', Attributes, MessageAttributes = {} }: Message): FailedMessage {
  return {
    id: MessageId,
    body: Body,
    sentAt: Number(Attributes?.SentTimestamp ?? 0),
    sourceArn: Attributes?.DeadLetterQueueSourceArn,
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue = '' }]) => [name, StringValue]),
    ),
  };
}
