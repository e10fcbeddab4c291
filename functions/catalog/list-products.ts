import { listProducts } from '../../api/catalog.ts';
import { availabilityOf, dynamodbAvailability } from '../inventory/index.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { catalog } from './adapters/dynamodb-catalog.ts';
import { productResource } from './domain/product.ts';

const config = readConfig('CATALOG_TABLE', 'INVENTORY_TABLE');
const products = catalog(config.CATALOG_TABLE);
const stock = dynamodbAvailability(config.INVENTORY_TABLE);

const defaultPageSize = 50;

export const handler = httpHandler(listProducts, async ({ query }) => {
  const page = await products.list(query.limit ?? defaultPageSize, query.cursor);
  if (isRefusal(page)) return page;
  const skus = page.products.map(({ sku }) => sku);
  const available = await availabilityOf(skus, stock);
  const items = page.products.map((product) => {
    const { units = 0, backorder } = available.get(product.sku) ?? {};
    return productResource(product, units, backorder?.mode);
  });
  return { body: { items, nextCursor: page.nextCursor } };
});
