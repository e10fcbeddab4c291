import { createHash } from 'node:crypto';
import type { Authorize } from '../authorization.ts';
import { AwsError, type AwsOperations } from '../aws/call.ts';
import type { Meter } from '../meter.ts';
import { localArn } from '../template/resource-types.ts';
import type { Message, Queue } from './queue.ts';
import type { Queues } from './queues.ts';

interface Entry {
  Id: string;
  MessageBody: string;
  DelaySeconds?: number;
  ReceiptHandle: string;
}

type Input = Partial<Entry> & {
  QueueUrl: string;
  Entries?: Entry[];
  MaxNumberOfMessages?: number;
  VisibilityTimeout?: number;
  WaitTimeSeconds?: number;
  SourceArn?: string;
};

/** SQS takes up to 10 entries in a batch. */
const MAX_BATCH = 10;

/** The operations of SQS that the app and its operators use. A receipt handle is the message's id. */
export function sqsOperations(region: string, queues: Queues, meter: Meter, authorize: Authorize): AwsOperations {
  const find = (url: string) => {
    const queue = queues.byName(url.slice(url.lastIndexOf('/') + 1));
    if (!queue) throw new AwsError('QueueDoesNotExist', `no queue ${url}`);
    return queue;
  };
  const operation =
    (action: string, run: (queue: Queue, input: Input) => unknown) => (input: Input, caller: string) => {
      const queue = find(input.QueueUrl);
      authorize(caller, `sqs:${action}`, localArn(region, 'sqs', queue.name));
      meter.sqsRequests++;
      return run(queue, input);
    };
  return {
    SendMessage: operation('SendMessage', send),
    SendMessageBatch: operation('SendMessage', (queue, { Entries = [] }) => {
      if (Entries.length > MAX_BATCH) throw new AwsError('TooManyEntriesInBatchRequest', 'more than 10 entries');
      return { Successful: Entries.map((entry) => ({ Id: entry.Id, ...send(queue, entry) })), Failed: [] };
    }),
    ReceiveMessage: operation('ReceiveMessage', receive),
    DeleteMessage: operation('DeleteMessage', (queue, { ReceiptHandle = '' }) => queue.delete(ReceiptHandle)),
    DeleteMessageBatch: operation('DeleteMessage', (queue, { Entries = [] }) => {
      for (const { ReceiptHandle } of Entries) queue.delete(ReceiptHandle);
      return { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] };
    }),
    StartMessageMoveTask: ({ SourceArn = '' }: Input) => moveBack(queues, SourceArn),
  } as AwsOperations;
}

function send(queue: Queue, { MessageBody = '', DelaySeconds }: Partial<Entry>) {
  const message = queue.send(MessageBody, DelaySeconds === undefined ? undefined : DelaySeconds * 1000);
  return { MessageId: message.id, MD5OfMessageBody: md5(MessageBody) };
}

async function receive(queue: Queue, input: Input) {
  const max = input.MaxNumberOfMessages ?? 1;
  const hiddenMs = input.VisibilityTimeout === undefined ? queue.visibilityTimeoutMs : input.VisibilityTimeout * 1000;
  let messages = queue.receive(max);
  if (messages.length === 0 && input.WaitTimeSeconds) {
    await visibleWithin(queue, input.WaitTimeSeconds * 1000);
    messages = queue.receive(max);
  }
  for (const message of messages) setTimeout(() => queue.release(message, 0), hiddenMs).unref();
  return {
    Messages: messages.map((message) => ({
      MessageId: message.id,
      ReceiptHandle: message.id,
      Body: message.body,
      MD5OfBody: md5(message.body),
      Attributes: attributesOf(message),
    })),
  };
}

function visibleWithin(queue: Queue, waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, waitMs);
    queue.onVisible(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** The system attributes of a received message. */
export function attributesOf({ receives, sentAt, firstReceivedAt }: Message) {
  return {
    ApproximateReceiveCount: String(receives),
    SentTimestamp: String(sentAt),
    SenderId: 'local',
    ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
  };
}

/** Sends every message of a dead-letter queue back to the queue that it came from. */
function moveBack(queues: Queues, sourceArn: string) {
  const origin = queues.models.find(({ redrive }) => redrive?.targetArn === sourceArn);
  if (!origin) throw new AwsError('ResourceNotFoundException', `${sourceArn} is not a dead-letter queue`);
  const source = queues.byArn(sourceArn);
  for (const message of [...source.messages]) {
    queues.byArn(origin.arn).send(message.body);
    source.delete(message.id);
  }
  return { TaskHandle: sourceArn };
}

/** The checksum of a body as SQS reports it; the SDK verifies it. */
export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
