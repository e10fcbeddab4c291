import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startStore } from '../../local/index.ts';
import { runSale, type SaleFigures } from './run-sale.ts';

const tableName = 'Inventory';

/**
 * Sells 10,000 units of one SKU in 32 shards to 64 clients over the local store. The speed does not apply to DynamoDB;
 * the books and the capacity units do.
 */
export async function measureStore(quick: boolean): Promise<SaleFigures> {
  const store = await startStore(undefined);
  const client = new DynamoDBClient({
    endpoint: store.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  });
  try {
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      }),
    );
    const units = quick ? 1_000 : 10_000;
    return await runSale(client, tableName, 'HOT', { path: 'J', shards: 32, units, buyers: 1.2 * units, clients: 64 });
  } finally {
    client.destroy();
    await store.kill();
  }
}
