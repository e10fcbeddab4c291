import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { backOff, type Pace } from './kernel/backoff.ts';
import { TransientFault } from './kernel/faults.ts';

export type Item = Record<string, AttributeValue>;

/** Keys of one request, a limit of DynamoDB. */
const maxKeys = 100;
/** Attempts for keys that DynamoDB returns unprocessed. */
const maxAttempts = 6;

/**
 * Reads items by key, a hundred per request, with all requests in parallel. Items that do not exist are left out.
 *
 * @param read `keys` has no duplicates, and the caller bounds their number; `latest` reads strongly consistently, which
 * costs twice as much.
 * @throws TransientFault when keys were still unprocessed after the last attempt.
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
    `${left.length} of ${keys.length} keys of ${table} were still unprocessed after ${maxAttempts} attempts`,
  );
}
