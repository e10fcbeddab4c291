import { isDeepStrictEqual } from 'node:util';
import type { TableModel } from '../template/app.ts';
import type { StoreClient } from './store-client.ts';

const API = 'DynamoDB_20120810.';

interface Description {
  readonly KeySchema: unknown;
  readonly GlobalSecondaryIndexes?: readonly { readonly IndexName: string; readonly KeySchema: unknown }[];
  readonly LatestStreamArn?: string;
}

/**
 * Creates the tables that the store does not have yet. Answers the store's own stream ARN by the app's, for each table that
 * has a stream. Throws when a stored table has other keys or indexes: the app has changed since the data was written.
 */
export async function createTables(store: StoreClient, models: readonly TableModel[]): Promise<Map<string, string>> {
  const { TableNames } = await store.call<{ TableNames: string[] }>(`${API}ListTables`, {});
  const streams = new Map<string, string>();
  await Promise.all(
    models.map(async (model) => {
      const table = TableNames.includes(model.name) ? await describe(store, model) : await create(store, model);
      if (model.streamView && table.LatestStreamArn) streams.set(model.streamArn, table.LatestStreamArn);
    }),
  );
  return streams;
}

/** The store's streams carry both images, so that the reader can tell a put that changed nothing. */
async function create(store: StoreClient, { definition, streamView }: TableModel): Promise<Description> {
  const stream = streamView && { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' };
  const input = { ...definition, ...(stream && { StreamSpecification: stream }) };
  const { TableDescription } = await store.call<{ TableDescription: Description }>(`${API}CreateTable`, input);
  return TableDescription;
}

async function describe(store: StoreClient, { name, definition, streamView }: TableModel): Promise<Description> {
  const { Table } = await store.call<{ Table: Description }>(`${API}DescribeTable`, { TableName: name });
  const wanted = definition as unknown as Description;
  const isSame =
    isDeepStrictEqual(Table.KeySchema, wanted.KeySchema) &&
    isDeepStrictEqual(indexKeys(Table), indexKeys(wanted)) &&
    Boolean(Table.LatestStreamArn) === Boolean(streamView);
  if (isSame) return Table;
  throw new Error(`table ${name} is stored with other keys or indexes than the app has now: start with --fresh`);
}

function indexKeys({ GlobalSecondaryIndexes = [] }: Description): Record<string, unknown> {
  return Object.fromEntries(GlobalSecondaryIndexes.map(({ IndexName, KeySchema }) => [IndexName, KeySchema]));
}
