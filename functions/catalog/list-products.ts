import { listProducts } from '../../api/catalog.ts';
import { stockStore } from '../inventory/reservations/adapters/dynamodb-stock-store.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { catalog } from './adapters/dynamodb-catalog.ts';
import { productResource } from './domain/product.ts';

const config = readConfig('CATALOG_TABLE', 'INVENTORY_TABLE');
const products = catalog(config.CATALOG_TABLE);
const stock = stockStore(config.INVENTORY_TABLE);

const defaultPageSize = 50;

export const handler = httpHandler(listProducts, async ({ query }) => {
  const page = await products.list(query.limit ?? defaultPageSize, query.cursor);
  if (isRefusal(page)) return page;
  const skus = page.products.map(({ sku }) => sku);
  const units = await stock.availability(skus);
  const waits = await stock.backorders(skus);
  const items = page.products.map((product) =>
    productResource(product, units.get(product.sku) ?? 0, waits.get(product.sku)?.mode),
  );
  return { body: { items, nextCursor: page.nextCursor } };
});
