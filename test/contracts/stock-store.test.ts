import { afterAll, beforeAll } from 'vitest';
import { toInstant } from '../../functions/shared/kernel/time.ts';
import { layouts, startStore, type TestStore } from '../support/dynamodb.ts';
import { makeHot } from '../support/hot-skus.ts';
import { openStock, type Stock } from '../support/stock.ts';
import { codeOf, stockStoreContract } from './stock-store-contract.ts';
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
  open: () => openStock(table, { client: store.client, clock: () => toInstant(memoryMs) }),
  wait: (milliseconds) => {
    memoryMs += milliseconds;
  },
}));

/** Makes every received SKU hot, so that the contract for transactions is checked for journaled debits. */
function journaled(): Stock {
  const pace = {
    random: Math.random,
    sleep: async (milliseconds: number) => {
      memoryMs += Math.ceil(milliseconds);
    },
  };
  const options = { client: store.client, pace, clock: () => toInstant(memoryMs) };
  const shop = openStock(table, options);
  return {
    ...shop,
    async receive(receipt, at) {
      const answer = await shop.receive(receipt, at);
      if (codeOf(answer) === undefined) await makeHot(store.client, table, receipt.sku);
      return answer;
    },
  };
}

stockStoreContract('DynamoDB, hot SKUs', () => ({
  open: journaled,
  wait: (milliseconds) => {
    memoryMs += milliseconds;
  },
}));

const model = new ModelStockStore();
stockStoreContract('the model', () => ({ open: () => model, wait: () => undefined }));
