import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { backOff, type Pace } from './kernel/backoff.ts';
import { TransientFault } from './kernel/faults.ts';

export type Item = Record<string, AttributeValue>;

/** Most keys of one request: DynamoDB's limit. */
const maxKeys = 100;
/** Requests for keys that a throttled table left out of its answers. */
const maxAttempts = 6;

/**
 * Reads items by key, up to {@link maxKeys} in each request, with concurrent requests. Missing items are left out.
 *
 * @param read `keys` without duplicates, whose number the caller bounds; `latest` reads consistently, at twice the cost.
 * @throws TransientFault when keys are still unread after {@link maxAttempts} requests.
 */
export async function batchGet(
  client: Pick<DynamoDBClient, 'send'>,
  read: { readonly table: string; readonly keys: readonly Item[]; readonly latest: boolean },
  pace: Pace,
): Promise<Item[]> {
  const chunks: Item[][] = [];
  for (let start = 0; start < read.keys.length; start += maxKeys) chunks.push(read.keys.slice(start, start + maxKeys));
  const answers = await Promise.all(chunks.map((keys) => readChunk(client, { ...read, keys }, pace)));
  return answers.flat();
}

async function readChunk(
  client: Pick<DynamoDBClient, 'send'>,
  { table, keys, latest }: { table: string; keys: Item[]; latest: boolean },
  pace: Pace,
): Promise<Item[]> {
  const found: Item[] = [];
  let left = keys;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const request = { RequestItems: { [table]: { Keys: left, ConsistentRead: latest } } };
    const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand(request));
    found.push(...(Responses?.[table] ?? []));
    left = UnprocessedKeys?.[table]?.Keys ?? [];
    if (left.length === 0) return found;
    await backOff(attempt, pace);
  }
  throw new TransientFault(
    `${left.length} of ${keys.length} items of ${table} are unread after ${maxAttempts} requests`,
  );
}
