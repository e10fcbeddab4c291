import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { readEvent } from '../../events/catalog.ts';
import type { EventDefinition } from '../../events/define-event.ts';
import { envelopeSchema } from '../../events/envelope.ts';
import { logger } from './logging.ts';

/** The body of a message that a rule of the bus sends to a queue: EventBridge's event, with the envelope in `detail`. */
const busMessage = z.object({ detail: envelopeSchema });

export type Received<Definition extends EventDefinition> = Omit<z.output<typeof envelopeSchema>, 'data'> & {
  readonly data: z.output<Definition['data']>;
};

/**
 * Wraps the consumer of a queue of events as a Lambda handler. The messages of a batch are consumed concurrently. Only those
 * that fail are returned to the queue (a partial batch response), which moves them to its dead-letter queue after a number
 * of attempts.
 *
 * Every version of the event that can be read is consumed as `definition`, and fields that it does not name are left out.
 *
 * @param definition the version that is written now.
 */
export function eventConsumer<Definition extends EventDefinition>(
  definition: Definition,
  consume: (event: Received<Definition>) => Promise<void>,
): (batch: SQSEvent) => Promise<SQSBatchResponse> {
  const consumeMessage = async (body: string): Promise<void> => {
    const { detail } = z.parse(busMessage, JSON.parse(body));
    const { type, version, data } = readEvent(detail, 'dropped');
    if (type !== definition.type || version !== definition.version) {
      throw new Error(`expected ${definition.type}.v${definition.version}, got ${detail.type}.v${detail.version}`);
    }
    await consume({ ...detail, version, data: data as Received<Definition>['data'] });
  };
  const consumeRecord = async ({ messageId, body }: SQSRecord): Promise<void> => {
    try {
      await consumeMessage(body);
    } catch (error) {
      logger.error('message not consumed', { messageId, expected: definition.type, error: error as Error });
      throw error;
    }
  };
  const processor = new BatchProcessor(EventType.SQS);
  return (batch) => processPartialResponse(batch, consumeRecord, processor, { throwOnFullBatchFailure: false });
}
