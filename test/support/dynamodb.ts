import { CreateTableCommand, type CreateTableCommandInput, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamo } from '../../functions/shared/aws/clients.ts';
import { startStore as startProcess } from '../../local/index.ts';
import { pointAwsAt } from './environment.ts';

/** A separate store for a test file: the program that the local runner uses, in memory. */
export interface TestStore {
  readonly endpoint: string;
  /** The client of the functions, made as this run's AWS_CLIENT says. All tests of a file share it, so a file has one store. */
  readonly client: DynamoDBClient;
  /** Creates a table and returns its name, which is unique. */
  createTable(layout: TableLayout): Promise<string>;
  stop(): Promise<void>;
}

export interface TableLayout {
  readonly name: string;
  /** Names of the key attributes; their type is text unless the sort key names another. */
  readonly pk: string;
  readonly sk?: string;
  readonly skType?: 'N';
  readonly indexes?: readonly { readonly name: string; readonly pk: string; readonly sk: string }[];
}

/** The tables as in the stack `data`; a test of the infrastructure compares the two. */
export const layouts = {
  inventory: { name: 'Inventory', pk: 'pk', indexes: [{ name: 'byArrival', pk: 'waitSku', sk: 'waitSince' }] },
  catalog: { name: 'Catalog', pk: 'sku' },
  settings: { name: 'Settings', pk: 'name', sk: 'version', skType: 'N' },
  discounts: { name: 'Discounts', pk: 'pk', sk: 'sk' },
  orders: { name: 'Orders', pk: 'orderId', sk: 'version', skType: 'N' },
  orderViews: {
    name: 'OrderViews',
    pk: 'orderId',
    indexes: [
      { name: 'byCustomer', pk: 'customerId', sk: 'placedKey' },
      { name: 'byStatus', pk: 'statusBucket', sk: 'placedKey' },
      { name: 'byDay', pk: 'dayBucket', sk: 'placedKey' },
      { name: 'byDue', pk: 'dueBucket', sk: 'dueKey' },
    ],
  },
  contacts: { name: 'Contacts', pk: 'orderId' },
  idempotency: { name: 'Idempotency', pk: 'id' },
  gatewayRecords: { name: 'GatewayRecords', pk: 'id' },
  sandbox: { name: 'Sandbox', pk: 'pk', sk: 'sk' },
} as const satisfies Record<string, TableLayout>;

export async function startStore(): Promise<TestStore> {
  const store = await startProcess(undefined);
  pointAwsAt({ store });
  const client = dynamo();
  let tables = 0;
  return {
    endpoint: store.endpoint,
    client,
    async createTable(layout) {
      tables += 1;
      const name = `${layout.name}-${tables}`;
      await client.send(new CreateTableCommand(creation(name, layout)));
      return name;
    },
    async stop() {
      client.destroy();
      await store.kill();
    },
  };
}

function creation(name: string, { pk, sk, skType, indexes = [] }: TableLayout): CreateTableCommandInput {
  const keys = [pk, ...(sk === undefined ? [] : [sk]), ...indexes.flatMap((index) => [index.pk, index.sk])];
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...new Set(keys)].map((AttributeName) => {
      return { AttributeName, AttributeType: AttributeName === sk && skType !== undefined ? skType : ('S' as const) };
    }),
    KeySchema: schema(pk, sk),
    GlobalSecondaryIndexes:
      indexes.length === 0
        ? undefined
        : indexes.map((index) => ({
            IndexName: index.name,
            KeySchema: schema(index.pk, index.sk),
            Projection: { ProjectionType: 'KEYS_ONLY' as const },
          })),
  };
}

function schema(pk: string, sk?: string) {
  const hash = { AttributeName: pk, KeyType: 'HASH' as const };
  return sk === undefined ? [hash] : [hash, { AttributeName: sk, KeyType: 'RANGE' as const }];
}
