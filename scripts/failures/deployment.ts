import { paginateListEventSourceMappings } from '@aws-sdk/client-lambda';
import { paginateListQueues } from '@aws-sdk/client-sqs';
import type { Clients } from './clients.ts';
import type { Names } from './failure.ts';

/** The queues and consumers of one stage and cell. */
export interface Deployment extends Names {
  readonly clients: Clients;
  /** URLs of all its queues, by name. */
  readonly queueUrls: ReadonlyMap<string, string>;
  /** ARN of the stream that a function consumes, by the function's name. */
  readonly streams: ReadonlyMap<string, string>;
  /** URLs of the failure queues, by capability. */
  readonly failureQueues: ReadonlyMap<string, string>;
}

const failureQueueEnd = '-failures';

/**
 * Finds the queues by their names, and the consumers by their event source mappings.
 *
 * @throws Error when there is no failure queue.
 */
export async function findDeployment(
  clients: Clients,
  { stage, cell }: { readonly stage: string; readonly cell: string },
): Promise<Deployment> {
  const prefix = `holdfast-${stage}-${cell}-`;
  const queueUrls = new Map<string, string>();
  for await (const { QueueUrls = [] } of paginateListQueues(
    { client: clients.sqs, pageSize: 1_000 },
    { QueueNamePrefix: prefix },
  )) {
    for (const url of QueueUrls) queueUrls.set(url.slice(url.lastIndexOf('/') + 1), url);
  }
  const consumers = new Map<string, string>();
  const streams = new Map<string, string>();
  for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings({ client: clients.lambda }, {})) {
    for (const { FunctionArn = '', EventSourceArn = '' } of EventSourceMappings) {
      const name = FunctionArn.split(':')[6] ?? '';
      if (!name.startsWith(prefix)) continue;
      if (EventSourceArn.split(':')[2] === 'sqs') consumers.set(EventSourceArn, name);
      else streams.set(name, EventSourceArn);
    }
  }
  const failureQueues = new Map(
    [...queueUrls]
      .filter(([name]) => name.endsWith(failureQueueEnd))
      .map(([name, url]) => [name.slice(prefix.length, -failureQueueEnd.length), url]),
  );
  if (failureQueues.size === 0) throw new Error(`there is no queue ${prefix}*${failureQueueEnd}`);
  return { clients, prefix, queueUrls, failureQueues, consumers, streams };
}
