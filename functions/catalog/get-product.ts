import { getProduct } from '../../api/catalog.ts';
import { stockStore } from '../inventory/reservations/adapters/dynamodb-stock-store.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal, refuse } from '../shared/kernel/refusal.ts';
import { skuInPath } from '../shared/sku-in-path.ts';
import { catalog } from './adapters/dynamodb-catalog.ts';
import { productResource } from './domain/product.ts';

const config = readConfig('CATALOG_TABLE', 'INVENTORY_TABLE');
const products = catalog(config.CATALOG_TABLE);
const stock = stockStore(config.INVENTORY_TABLE);

export const handler = httpHandler(getProduct, async ({ path }) => {
  const sku = skuInPath(path);
  const product = isRefusal(sku) ? undefined : await products.find(sku.value);
  if (product?.active !== true) return refuse('NOT_FOUND', 'There is no such product.');
  const units = await stock.availability([product.sku]);
  const waits = await stock.backorders([product.sku]);
  return { body: productResource(product, units.get(product.sku) ?? 0, waits.get(product.sku)?.mode) };
});
