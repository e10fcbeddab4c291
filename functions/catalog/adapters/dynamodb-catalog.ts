import { type DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { sku as skuSchema } from '../../../api/vocabulary.ts';
import { dynamo } from '../../shared/aws/clients.ts';
import { batchGet } from '../../shared/batch-get.ts';
import { decodeCursor, encodeCursor } from '../../shared/cursor.ts';
import { type Pace, systemPace } from '../../shared/kernel/backoff.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { type Catalog, maxProducts, type ProductPage } from '../commands/catalog.ts';
import type { Product } from '../domain/product.ts';
import { productFrom, productItem } from './product-item.ts';

/** The content of a cursor: the last SKU of the previous page. */
const cursorContent = z.strictObject({ sku: skuSchema });
/** Most scans for one page. Where they find too many inactive products, the page is short. */
const maxScans = 4;
/** Products that each scan after the first looks at. The first looks at as many as the page has. */
const productsPerScan = 500;

export interface CatalogOptions {
  readonly client?: Pick<DynamoDBClient, 'send'>;
  readonly pace?: Pace;
}

export function catalog(table: string, { client = dynamo(), pace = systemPace }: CatalogOptions = {}): Catalog {
  const read = async (skus: readonly string[], latest: boolean): Promise<Map<string, Product>> => {
    const keys = skus.map((sku) => ({ sku: { S: sku } }));
    const items = await batchGet(client, { table, keys, latest }, pace);
    return new Map(items.map(productFrom).map((product) => [product.sku, product]));
  };

  const findMany = async (skus: readonly string[]): Promise<Map<string, Product>> => {
    const requested = [...new Set(skus)];
    if (requested.length > maxProducts)
      throw new RangeError(`${requested.length} SKUs: at most ${maxProducts} at a time`);
    const found = await read(requested, false);
    const missing = requested.filter((sku) => !found.has(sku));
    if (missing.length === 0) return found;
    // An eventually consistent read may miss a new product, so missing products are read again consistently.
    return new Map([...found, ...(await read(missing, true))]);
  };

  return {
    findMany,
    find: async (sku) => (await findMany([sku])).get(sku),
    async put(product) {
      await client.send(new PutItemCommand({ TableName: table, Item: productItem(product) }));
    },
    async list(limit, cursor) {
      const start = cursor === undefined ? undefined : decodeCursor(cursorContent, cursor);
      if (isRefusal(start)) return start;
      return listFrom(client, table, limit, start?.sku);
    },
  };
}

async function listFrom(
  client: Pick<DynamoDBClient, 'send'>,
  table: string,
  limit: number,
  after: string | undefined,
): Promise<ProductPage> {
  const products: Product[] = [];
  let last = after;
  for (let scan = 0; scan < maxScans; scan++) {
    const page = await client.send(
      new ScanCommand({
        TableName: table,
        Limit: scan === 0 ? limit : productsPerScan,
        ExclusiveStartKey: last === undefined ? undefined : { sku: { S: last } },
        FilterExpression: 'active = :yes',
        ExpressionAttributeValues: { ':yes': { BOOL: true } },
      }),
    );
    const used = (page.Items ?? []).slice(0, limit - products.length).map(productFrom);
    const itemsLeft = used.length < (page.Items ?? []).length;
    products.push(...used);
    last = itemsLeft ? products.at(-1)?.sku : page.LastEvaluatedKey?.sku?.S;
    if (last === undefined) return { products };
    if (products.length === limit) break;
  }
  return { products, nextCursor: encodeCursor({ sku: last }) };
}
