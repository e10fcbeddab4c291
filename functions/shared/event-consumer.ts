import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import type { EventDefinition } from '../../events/define-event.ts';
import { envelopeSchema } from '../../events/envelope.ts';
import { logger } from './logging.ts';

/** A message that a rule of the bus sent to a queue: EventBridge's event, with the envelope in its `detail`. */
const busMessage = z.object({ detail: envelopeSchema });

export type Received<Definition extends EventDefinition> = Omit<z.output<typeof envelopeSchema>, 'data'> & {
  readonly data: z.output<Definition['data']>;
};

/**
 * Makes the handler of a queue of events. The messages of a batch are handled concurrently, and only the failed ones are
 * returned to the queue. After the queue's maximum number of receives a message moves to the dead-letter queue.
 */
export function eventConsumer<Definition extends EventDefinition>(
  definition: Definition,
  consume: (event: Received<Definition>) => Promise<void>,
): (batch: SQSEvent) => Promise<SQSBatchResponse> {
  const consumeMessage = async (body: string): Promise<void> => {
    const { detail } = z.parse(busMessage, JSON.parse(body));
    if (detail.type !== definition.type || detail.version !== definition.version) {
      throw new Error(`expected ${definition.type}.v${definition.version}, got ${detail.type}.v${detail.version}`);
    }
    const data = z.parse(definition.data, detail.data) as Received<Definition>['data'];
    await consume({ ...detail, data });
  };
  return async ({ Records }) => {
    const failed = await Promise.all(
      Records.map(async ({ messageId, body }) => {
        try {
          await consumeMessage(body);
          return [];
        } catch (error) {
          logger.error('message not consumed', { messageId, expected: definition.type, error: error as Error });
          return [{ itemIdentifier: messageId }];
        }
      }),
    );
    return { batchItemFailures: failed.flat() };
  };
}
