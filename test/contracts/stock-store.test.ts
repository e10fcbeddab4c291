import { afterAll, beforeAll } from 'vitest';
import { stockStore } from '../../functions/inventory/adapters/dynamodb-stock-store.ts';
import { toInstant } from '../../functions/shared/kernel/time.ts';
import { layouts, startStore, type TestStore } from '../support/dynamodb.ts';
import { stockStoreContract } from './stock-store-contract.ts';
import { ModelStockStore } from './stock-store-model.ts';

let store: TestStore;
let table: string;
let memoryMs = 0;

beforeAll(async () => {
  store = await startStore();
  table = await store.createTable(layouts.inventory);
});

afterAll(() => store.stop());

stockStoreContract('DynamoDB', () => ({
  open: () => stockStore(table, { client: store.client, clock: () => toInstant(memoryMs) }),
  wait: (milliseconds) => {
    memoryMs += milliseconds;
  },
}));

const model = new ModelStockStore();
stockStoreContract('the model', () => ({ open: () => model, wait: () => undefined }));
