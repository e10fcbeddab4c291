import { isDeepStrictEqual } from 'node:util';
import type { TableModel } from '../template/app.ts';
import type { StoreClient } from './store-client.ts';

const API = 'DynamoDB_20120810.';

interface Described {
  readonly KeySchema: unknown;
  readonly GlobalSecondaryIndexes?: readonly { readonly IndexName: string; readonly KeySchema: unknown }[];
  readonly LatestStreamArn?: string;
}

/**
 * Creates the tables that the store does not have yet, and answers the store's own stream ARN of each table that has a
 * stream. Throws when a table is there with other keys or indexes: the app changed since the data was written.
 */
export async function createTables(store: StoreClient, models: readonly TableModel[]): Promise<Map<string, string>> {
  const { TableNames } = await store.call<{ TableNames: string[] }>(`${API}ListTables`, {});
  const streams = new Map<string, string>();
  await Promise.all(
    models.map(async (model) => {
      const described = TableNames.includes(model.name) ? await describe(store, model) : await create(store, model);
      if (model.streamView && described.LatestStreamArn) streams.set(model.streamArn, described.LatestStreamArn);
    }),
  );
  return streams;
}

/** Streams carry both images, so that the reader can tell a put that changed nothing. */
async function create(store: StoreClient, { definition, streamView }: TableModel): Promise<Described> {
  const stream = streamView && { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' };
  const input = { ...definition, ...(stream && { StreamSpecification: stream }) };
  const { TableDescription } = await store.call<{ TableDescription: Described }>(`${API}CreateTable`, input);
  return TableDescription;
}

async function describe(store: StoreClient, { name, definition, streamView }: TableModel): Promise<Described> {
  const { Table } = await store.call<{ Table: Described }>(`${API}DescribeTable`, { TableName: name });
  const wanted = definition as unknown as Described;
  const same =
    isDeepStrictEqual(Table.KeySchema, wanted.KeySchema) &&
    isDeepStrictEqual(indexesOf(Table), indexesOf(wanted)) &&
    Boolean(Table.LatestStreamArn) === Boolean(streamView);
  if (!same)
    throw new Error(`table ${name} is stored with other keys or indexes than the app has now: start with --fresh`);
  return Table;
}

function indexesOf({ GlobalSecondaryIndexes = [] }: Described): Record<string, unknown> {
  return Object.fromEntries(GlobalSecondaryIndexes.map(({ IndexName, KeySchema }) => [IndexName, KeySchema]));
}
