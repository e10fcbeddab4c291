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
  VisibilityTimeout?: number;
  ReceiptHandle: string;
}

type Input = Partial<Entry> & {
  QueueUrl: string;
  Entries?: Entry[];
  MaxNumberOfMessages?: number;
  VisibilityTimeout?: number;
  WaitTimeSeconds?: number;
  AttributeNames?: string[];
  MessageSystemAttributeNames?: string[];
  MessageAttributeNames?: string[];
  QueueNamePrefix?: string;
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
    ChangeMessageVisibilityBatch: operation('ChangeMessageVisibility', (queue, { Entries = [] }) => {
      for (const entry of Entries) show(queue, entry);
      return { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] };
    }),
    ListQueues: ({ QueueNamePrefix = '' }: Input) => ({
      QueueUrls: queues.models.filter(({ name }) => name.startsWith(QueueNamePrefix)).map(({ url }) => url),
    }),
    DeleteMessage: operation('DeleteMessage', (queue, { ReceiptHandle = '' }) => queue.delete(ReceiptHandle)),
    DeleteMessageBatch: operation('DeleteMessage', (queue, { Entries = [] }) => {
      for (const { ReceiptHandle } of Entries) queue.delete(ReceiptHandle);
      return { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] };
    }),
    StartMessageMoveTask: ({ SourceArn = '' }: Input) => moveBack(queues, SourceArn),
  } as AwsOperations;
}

function send(queue: Queue, { MessageBody = '', DelaySeconds }: Partial<Entry>) {
  const message = queue.send(MessageBody, { delayMs: DelaySeconds === undefined ? undefined : DelaySeconds * 1000 });
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
  for (const message of messages) showLater(queue, message, hiddenMs);
  const asked = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])];
  return {
    Messages: messages.map((message) => ({
      MessageId: message.id,
      ReceiptHandle: message.id,
      Body: message.body,
      MD5OfBody: md5(message.body),
      Attributes: named(asked, attributesOf(message)),
      MessageAttributes: named(input.MessageAttributeNames ?? [], customAttributesOf(message)),
    })),
  };
}

/** Ends a receive after a time, unless the message was released and received again meanwhile. */
function showLater(queue: Queue, message: Message, hiddenMs: number): void {
  const { receives } = message;
  setTimeout(() => message.receives === receives && queue.release(message, 0), hiddenMs).unref();
}

/** Makes a received message visible again at once. */
function show(queue: Queue, { ReceiptHandle, VisibilityTimeout }: Entry): void {
  if (VisibilityTimeout !== 0)
    throw new AwsError('InvalidParameterValue', 'locally, VisibilityTimeout can only become 0');
  const message = queue.received(ReceiptHandle);
  if (message) queue.release(message, 0);
}

/** The attributes that a receiver has asked for. */
function named<Value>(names: readonly string[], all: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  if (names.includes('All')) return all;
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

function customAttributesOf({ attributes = {} }: Message) {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
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
export function attributesOf({ receives, sentAt, firstReceivedAt, source }: Message): Record<string, string> {
  return {
    ApproximateReceiveCount: String(receives),
    SentTimestamp: String(sentAt),
    SenderId: 'local',
    ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
    ...(source !== undefined && { DeadLetterQueueSourceArn: source }),
  };
}

/** Sends every message of a dead-letter queue back to the queue that it came from, where one is known. */
function moveBack(queues: Queues, sourceArn: string) {
  const origins = queues.models.filter(({ redrive }) => redrive?.targetArn === sourceArn).map(({ arn }) => arn);
  if (origins.length === 0) throw new AwsError('ResourceNotFoundException', `${sourceArn} is not a dead-letter queue`);
  const source = queues.byArn(sourceArn);
  for (const message of [...source.messages]) {
    const origin = message.source ?? (origins.length === 1 ? origins[0] : undefined);
    if (origin === undefined) continue;
    queues.byArn(origin).send(message.body);
    source.delete(message.id);
  }
  return { TaskHandle: sourceArn };
}

/** The checksum of a body as SQS reports it; the SDK verifies it. */
export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
