import { type BatchGetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalog } from '../../../../functions/catalog/adapters/dynamodb-catalog.ts';
import type { Product } from '../../../../functions/catalog/domain/product.ts';
import { encodeCursor } from '../../../../functions/shared/cursor.ts';
import { isRefusal } from '../../../../functions/shared/kernel/refusal.ts';
import { fresh } from '../../../contracts/stock-store-contract.ts';
import { layouts, startStore, type TestStore } from '../../../support/dynamodb.ts';

let store: TestStore;
let table: string;
const patient = { random: () => 0, sleep: async () => undefined };

beforeAll(async () => {
  store = await startStore();
  table = await store.createTable(layouts.catalog);
});

afterAll(() => store.stop());

const product = (sku: string, active = true): Product => ({
  sku,
  title: 'Mug',
  prices: [{ currency: 'EUR', amountMinor: 900 }],
  weightGrams: 300,
  taxCategory: 'standard',
  digital: false,
  active,
});

/** Answers the store's requests, unless the test gives an answer. */
function client(answer: (command: { input: object }, real: () => Promise<unknown>) => Promise<unknown>) {
  const send = (command: { input: object }) => answer(command, () => store.client.send(command as BatchGetItemCommand));
  return { send } as unknown as TestStore['client'];
}

describe('the catalog', () => {
  it('finds the products of an order with one request, active or not, and leaves out unknown ones', async () => {
    const known = [product(fresh('SKU')), product(fresh('SKU'), false)];
    const products = catalog(table, { client: store.client });
    for (const each of known) await products.put(each);
    let requests = 0;
    const counted = catalog(table, {
      client: client((_, real) => {
        requests += 1;
        return real();
      }),
    });
    const skus = known.map((each) => each.sku);
    expect(await counted.findMany([...skus, ...skus])).toEqual(new Map(known.map((each) => [each.sku, each])));
    expect(requests).toBe(1);
    expect(await counted.findMany([fresh('SKU')])).toEqual(new Map());
  });

  it('finds a new product that an eventually consistent read does not return yet', async () => {
    const late = product(fresh('SKU'));
    await catalog(table, { client: store.client }).put(late);
    const lagging = client(async (command, real) => {
      const asked = (command as BatchGetItemCommand).input.RequestItems?.[table];
      return asked?.ConsistentRead === true ? real() : { Responses: { [table]: [] } };
    });
    expect(await catalog(table, { client: lagging }).find(late.sku)).toEqual(late);
  });

  it('requests keys again that the store left out, and faults after the last attempt', async () => {
    const sku = fresh('SKU');
    await catalog(table, { client: store.client }).put(product(sku));
    let refusals = 3;
    const leaveOut = (command: { input: object }, real: () => Promise<unknown>) => {
      if (refusals-- <= 0) return real();
      return Promise.resolve({ UnprocessedKeys: (command as BatchGetItemCommand).input.RequestItems });
    };
    const busy = () => catalog(table, { client: client(leaveOut), pace: patient });
    expect((await busy().find(sku))?.sku).toBe(sku);
    refusals = 1_000;
    await expect(busy().find(sku)).rejects.toMatchObject({ name: 'TransientFault' });
    expect(refusals).toBeGreaterThan(990);
  });

  it('refuses more SKUs than an order may have', async () => {
    const skus = Array.from({ length: 501 }, () => fresh('SKU'));
    await expect(catalog(table, { client: store.client }).findMany(skus)).rejects.toThrow(RangeError);
  });

  it('finds a product behind many hidden ones on the first page', async () => {
    const own = await store.createTable(layouts.catalog);
    const products = catalog(own, { client: store.client });
    for (let each = 0; each < 30; each++) await products.put(product(fresh('SKU'), false));
    await products.put(product('LAST'));
    let cursor: string | undefined;
    const found: string[] = [];
    let pages = 0;
    do {
      const page = await products.list(2, cursor);
      if (isRefusal(page)) throw new Error(page.refused.detail);
      found.push(...page.products.map((each) => each.sku));
      cursor = page.nextCursor;
      pages += 1;
    } while (cursor !== undefined);
    expect(found).toEqual(['LAST']);
    expect(pages).toBe(1);
  });

  it('skips a bounded number of hidden products for one page, and says where to continue', async () => {
    const limits: unknown[] = [];
    const send = async ({ input }: { input: { Limit?: number } }) => {
      limits.push(input.Limit);
      return { Items: [], LastEvaluatedKey: { sku: { S: `SKU-${limits.length}` } } };
    };
    const page = await catalog(table, { client: { send } as unknown as typeof store.client }).list(2);
    expect(page).toEqual({ products: [], nextCursor: encodeCursor({ sku: 'SKU-4' }) });
    expect(limits).toEqual([2, 500, 500, 500]);
  });

  it('never returns a malformed item', async () => {
    const sku = fresh('SKU');
    await store.client.send(new PutItemCommand({ TableName: table, Item: { sku: { S: sku }, title: { S: 'Mug' } } }));
    await expect(catalog(table, { client: store.client }).find(sku)).rejects.toThrow();
  });
});
