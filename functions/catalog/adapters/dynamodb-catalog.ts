import { type DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { sku as skuSchema } from '../../../api/vocabulary.ts';
import { dynamo } from '../../shared/aws/clients.ts';
import { batchGet } from '../../shared/batch-get.ts';
import { decodeCursor, encodeCursor } from '../../shared/cursor.ts';
import { type Pace, systemPace } from '../../shared/kernel/backoff.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { type Catalog, maxProducts, type ProductPage } from '../domain/catalog.ts';
import type { Product } from '../domain/product.ts';
import { productFrom, productItem } from './product-item.ts';

/** A place in the list: read on after this product. */
const place = z.strictObject({ sku: skuSchema });
/** Scans for one page. With more inactive products in between than they pass over, the page is short. */
const maxScans = 4;

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
    const asked = [...new Set(skus)];
    if (asked.length > maxProducts) throw new RangeError(`${asked.length} SKUs: at most ${maxProducts} at a time`);
    const found = await read(asked, false);
    const missing = asked.filter((sku) => !found.has(sku));
    if (missing.length === 0) return found;
    // A cheap read may miss what was put a moment ago: no product is unknown because its copy is late.
    return new Map([...found, ...(await read(missing, true))]);
  };

  return {
    findMany,
    find: async (sku) => (await findMany([sku])).get(sku),
    async put(product) {
      await client.send(new PutItemCommand({ TableName: table, Item: productItem(product) }));
    },
    async list(limit, cursor) {
      const start = cursor === undefined ? undefined : decodeCursor(place, cursor);
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
        Limit: limit,
        ExclusiveStartKey: last === undefined ? undefined : { sku: { S: last } },
        FilterExpression: 'active = :yes',
        ExpressionAttributeValues: { ':yes': { BOOL: true } },
      }),
    );
    const fit = (page.Items ?? []).slice(0, limit - products.length).map(productFrom);
    const cut = fit.length < (page.Items ?? []).length;
    products.push(...fit);
    last = cut ? products.at(-1)?.sku : page.LastEvaluatedKey?.sku?.S;
    if (last === undefined) return { products };
    if (products.length === limit) break;
  }
  return { products, nextCursor: encodeCursor({ sku: last }) };
}
