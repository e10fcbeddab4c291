import * as z from 'zod/mini';
import { json, type Reason, reasonIn, reasonInEvent } from './reason.ts';

/** A message of a failure queue. */
export interface FailedMessage {
  readonly id: string;
  readonly body: string;
  /** Milliseconds of the Unix clock. */
  readonly sentAt: number;
  /** ARN of the queue that moved the message here, if one did. */
  readonly sourceArn: string | undefined;
  /** What EventBridge and Lambda say about the failure. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The part of a stream that Lambda discarded. */
export type StreamBatch = z.output<typeof batchInfo>;

interface Common {
  readonly id: string;
  readonly capability: string;
  /** The function that did not handle it, without the prefix of the deployment. */
  readonly consumer: string;
  readonly reason: Reason;
  /** The order, the key of the item or the place in the stream; '' when there is none. */
  readonly about: string;
  readonly sentAt: number;
}

/** One failure, with what is needed to send it back. */
export type Failure = Common &
  (
    | {
        readonly kind: 'message_not_consumed' | 'event_not_delivered';
        /** ARN of the queue to which it goes back. */
        readonly queueArn: string;
        readonly body: string;
      }
    | { readonly kind: 'stream_item'; readonly key: Readonly<Record<string, string>> }
    | { readonly kind: 'stream_batch'; readonly batch: StreamBatch }
    | { readonly kind: 'scheduled_run' | 'unknown' }
  );

export type FailureKind = Failure['kind'];

/** The names of a deployment's resources. */
export interface Names {
  /** What the name of every resource begins with: `holdfast-prod-a-`. */
  readonly prefix: string;
  /** The name of the function that reads a queue, by the queue's ARN. */
  readonly consumers: ReadonlyMap<string, string>;
}

/** What `streamConsumer` sends for an item that it can never handle. */
const parkedItem = z.object({ consumer: z.string(), key: z.record(z.string(), z.string()), reason: z.string() });

const batchInfo = z.object({
  streamArn: z.string(),
  shardId: z.string(),
  startSequenceNumber: z.string(),
  endSequenceNumber: z.string(),
  approximateArrivalOfFirstRecord: z.string(),
  batchSize: z.int(),
});

/** What Lambda sends for a batch of a stream that it discards. */
const discardedBatch = z.object({
  requestContext: z.object({ functionArn: z.string(), condition: z.string() }),
  responseContext: z.optional(z.object({ functionError: z.optional(z.string()) })),
  DDBStreamBatchInfo: batchInfo,
});

const scheduledEvent = z.object({ consumer: z.string() });
const orderEvent = z.object({ detail: z.object({ orderId: z.string() }) });

/**
 * The failure in a message. What the services say about the message decides, and its body only where they say nothing: the
 * body of a message that was not consumed can contain anything.
 */
export function failureIn(message: FailedMessage, capability: string, names: Names): Failure {
  const { id, body, sentAt, sourceArn, attributes } = message;
  const common = { id, capability, sentAt };
  if (sourceArn !== undefined) {
    const consumer = consumerOf(sourceArn, names);
    const reason = reasonInEvent(body, consumer);
    return {
      ...common,
      kind: 'message_not_consumed',
      consumer,
      reason,
      about: orderIn(body),
      queueArn: sourceArn,
      body,
    };
  }
  if (attributes.RULE_ARN !== undefined) return undelivered(message, common, names);
  if (attributes.ErrorMessage !== undefined || attributes.RequestID !== undefined) {
    return {
      ...{ ...common, kind: 'scheduled_run', about: '' },
      consumer: z.safeParse(scheduledEvent, json(body)).data?.consumer ?? '?',
      reason: reasonIn(attributes.ErrorMessage ?? ''),
    };
  }
  return (
    fromStream(body, common, names) ?? { ...common, kind: 'unknown', consumer: '?', reason: reasonIn(''), about: '' }
  );
}

function undelivered(
  { body, attributes }: FailedMessage,
  common: Pick<Common, 'id' | 'capability' | 'sentAt'>,
  names: Names,
): Failure {
  const { TARGET_ARN = '', ERROR_CODE = '', ERROR_MESSAGE = '', EXHAUSTED_RETRY_CONDITION } = attributes;
  const retries = EXHAUSTED_RETRY_CONDITION === undefined ? '' : ` (${EXHAUSTED_RETRY_CONDITION})`;
  const reason = reasonIn(`${ERROR_CODE}: ${ERROR_MESSAGE}${retries}`, 'unknown');
  if (TARGET_ARN.split(':')[2] === 'lambda') {
    return { ...common, kind: 'scheduled_run', consumer: functionIn(TARGET_ARN, names), reason, about: '' };
  }
  const consumer = consumerOf(TARGET_ARN, names);
  return { ...common, kind: 'event_not_delivered', consumer, reason, about: orderIn(body), queueArn: TARGET_ARN, body };
}

function fromStream(
  body: string,
  common: Pick<Common, 'id' | 'capability' | 'sentAt'>,
  names: Names,
): Failure | undefined {
  const content = json(body);
  const discarded = z.safeParse(discardedBatch, content).data;
  if (discarded) {
    const { requestContext, responseContext, DDBStreamBatchInfo: batch } = discarded;
    const error = responseContext?.functionError === undefined ? '' : `, ${responseContext.functionError}`;
    return {
      ...{ ...common, kind: 'stream_batch', batch },
      consumer: functionIn(requestContext.functionArn, names),
      reason: { code: 'retries_exhausted', text: `${requestContext.condition}${error}` },
      about: `${batch.batchSize} records since ${batch.approximateArrivalOfFirstRecord}`,
    };
  }
  const parked = z.safeParse(parkedItem, content).data;
  if (!parked) return undefined;
  const { consumer, key, reason } = parked;
  return {
    ...common,
    kind: 'stream_item',
    consumer,
    key,
    reason: reasonIn(reason),
    about: keyText(key),
  };
}

/** The function that reads a queue; the queue's own name when none does any more. */
function consumerOf(queueArn: string, { prefix, consumers }: Names): string {
  const name = consumers.get(queueArn) ?? queueArn.split(':')[5] ?? '';
  return name.replace(prefix, '');
}

/** The name in the ARN of a function, which may end with a version or alias. */
function functionIn(functionArn: string, { prefix }: Names): string {
  return (functionArn.split(':')[6] ?? '?').replace(prefix, '');
}

/** The values of a key in the order of their names: an order's id comes before the version of its commit. */
function keyText(key: Readonly<Record<string, string>>): string {
  return Object.keys(key)
    .sort()
    .map((name) => key[name])
    .join(' ');
}

function orderIn(body: string): string {
  return z.safeParse(orderEvent, json(body)).data?.detail.orderId ?? '';
}
