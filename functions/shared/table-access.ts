import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamo, dynamoOnce } from './aws/clients.ts';
import { batchGet, type Item } from './batch-get.ts';
import { type Pace, systemPace } from './kernel/backoff.ts';
import type { Consistency } from './kernel/consistency.ts';

export type Client = Pick<DynamoDBClient, 'send'>;

/** A table and the clients to access it. */
export interface TableAccess {
  readonly table: string;
  readonly client: Client;
  /** A client without retries, for writes whose outcome cannot be derived from that of a retry. */
  readonly once: Client;
  readonly pace: Pace;
}

export interface AccessOptions {
  readonly client?: Client;
  /** Replaces the client without retries; by default the given `client` serves as both. */
  readonly once?: Client;
  readonly pace?: Pace;
}

/** Access to a table, by default with the clients of the process. */
export function tableAccess(table: string, options: AccessOptions = {}): TableAccess {
  const { client = dynamo(), once = options.client ?? dynamoOnce(), pace = systemPace } = options;
  return { table, client, once, pace };
}

/** Records of one kind: the partition keys of their items, and how the items that exist are read. */
export interface RecordRequest<Records> {
  readonly keys: readonly string[];
  read(items: ReadonlyMap<string, Item>): Records;
}

type RecordsOf<Requests> = {
  readonly [Name in keyof Requests]: Requests[Name] extends RecordRequest<infer Records> ? Records : never;
};

/**
 * Reads records of several kinds together, in one request per hundred items. The result has the names of `requests`.
 *
 * @throws Error when a request cannot parse one of its items.
 */
export async function readRecords<Requests extends Readonly<Record<string, RecordRequest<unknown>>>>(
  { client, table, pace }: Pick<TableAccess, 'client' | 'table' | 'pace'>,
  requests: Requests,
  consistency: Consistency,
): Promise<RecordsOf<Requests>> {
  const names = new Set(Object.values(requests).flatMap(({ keys }) => keys));
  const keys = [...names].map((name) => ({ pk: { S: name } }));
  const items = await batchGet(client, { table, keys, latest: consistency === 'strong' }, pace);
  const byKey = new Map(items.map((item) => [item.pk?.S ?? '', item]));
  const records = Object.entries(requests).map(([name, request]) => [name, request.read(byKey)]);
  return Object.fromEntries(records) as RecordsOf<Requests>;
}

/** A request for no records, for reads that need a kind of record only in some cases. */
export const noRecords: RecordRequest<undefined> = { keys: [], read: () => undefined };
