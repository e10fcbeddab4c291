import { getProduct } from '../../api/catalog.ts';
import { availabilityOf, dynamodbAvailability } from '../inventory/index.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal, refuse } from '../shared/kernel/refusal.ts';
import { skuInPath } from '../shared/sku-in-path.ts';
import { catalog } from './adapters/dynamodb-catalog.ts';
import { productResource } from './domain/product.ts';

const config = readConfig('CATALOG_TABLE', 'INVENTORY_TABLE');
const products = catalog(config.CATALOG_TABLE);
const stock = dynamodbAvailability(config.INVENTORY_TABLE);

export const handler = httpHandler(getProduct, async ({ path }) => {
  const sku = skuInPath(path);
  const product = isRefusal(sku) ? undefined : await products.find(sku.value);
  if (product?.active !== true) return refuse('NOT_FOUND', 'There is no such product.');
  const available = (await availabilityOf([product.sku], stock)).get(product.sku);
  return { body: productResource(product, available?.units ?? 0, available?.backorder?.mode) };
});
