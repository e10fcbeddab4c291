import { InvokeCommand } from '@aws-sdk/client-lambda';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import type { Deployment } from './deployment.ts';
import type { Failure } from './failure.ts';
import { NotSent } from './not-sent.ts';
import { json } from './reason.ts';
import { type Record, recordOfItem, recordsOfBatch } from './stream-records.ts';

/** Most records of one invocation: the event stays far below Lambda's limit of 6 MB. */
const batchSize = 100;

/**
 * Sends a failure back to its consumer: a message to the consumer's queue, an item or a batch of a stream to the consumer
 * itself. A stream consumer that can still not handle an item sends a new failure for it.
 *
 * @throws NotSent for a failure that cannot be sent back, with what to do instead.
 */
export async function sendBack(failure: Failure, deployment: Deployment): Promise<void> {
  const { clients, prefix, queueUrls, streams } = deployment;
  const functionName = `${prefix}${failure.consumer}`;
  switch (failure.kind) {
    case 'message_not_consumed':
    case 'event_not_delivered': {
      const QueueUrl = queueUrls.get(failure.queueArn.split(':')[5] ?? '');
      if (QueueUrl === undefined) throw new NotSent(`the queue ${failure.queueArn} does not exist any more`);
      await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: failure.body }));
      return;
    }
    case 'stream_item': {
      const streamArn = streams.get(functionName);
      if (streamArn === undefined) throw new NotSent(`${functionName} reads no stream`);
      return give([await recordOfItem(clients, streamArn, failure.key)], functionName, deployment);
    }
    case 'stream_batch':
      return give(await recordsOfBatch(clients, failure.batch), functionName, deployment);
    case 'scheduled_run':
      throw new NotSent('the next run does the work of this one: discard the failure');
    case 'unknown':
      throw new NotSent('nothing says where it comes from: read the message in the queue, then discard it');
  }
}

const batchAnswer = z.object({ batchItemFailures: z.array(z.unknown()) });

/** Invokes a stream's consumer with records. @throws NotSent when it does not accept all of them. */
async function give(records: readonly Record[], functionName: string, { clients }: Deployment): Promise<void> {
  for (let start = 0; start < records.length; start += batchSize) {
    const event = JSON.stringify({ Records: records.slice(start, start + batchSize) });
    const answer = await clients.lambda.send(new InvokeCommand({ FunctionName: functionName, Payload: event }));
    const result = json(answer.Payload?.transformToString() ?? '');
    if (answer.FunctionError !== undefined) {
      const error = z.safeParse(z.object({ errorMessage: z.string() }), result).data?.errorMessage;
      throw new NotSent(`${functionName} failed: ${error ?? answer.FunctionError}`);
    }
    const failures = z.safeParse(batchAnswer, result).data?.batchItemFailures;
    if (failures?.length !== 0) throw new NotSent(`${functionName} did not accept it: its log says why`);
  }
}
