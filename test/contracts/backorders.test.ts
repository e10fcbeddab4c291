import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { toInstant } from '../../functions/shared/kernel/time.ts';
import type { Client } from '../../functions/shared/table-access.ts';
import { layouts, startStore, type TestStore } from '../support/dynamodb.ts';
import { openStock } from '../support/stock.ts';
import { backorderContract } from './backorder-contract.ts';
import { fatefulClient } from './stock-store-faults.ts';

let store: TestStore;
let table: string;
let memoryMs = 0;

beforeAll(async () => {
  store = await startStore();
});
afterAll(() => store.stop());

function openOn(client: Client) {
  const pace = { random: () => 0.5, sleep: async () => undefined };
  return openStock(table, { client, pace, clock: () => toInstant(memoryMs++) });
}

backorderContract('DynamoDB', {
  async reset() {
    table = await store.createTable(layouts.inventory);
  },
  open: (around = (send) => send()) =>
    openOn({ send: (command: never) => around(() => store.client.send(command)) } as unknown as Client),
  openWithFates: (fateOf) => openOn(fatefulClient(store.client, fateOf)),
  async items() {
    const { Items = [] } = await store.client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
    return Items.map((item) => unmarshall(item));
  },
});
