import { putProduct } from '../../api/catalog.ts';
import { availabilityOf, dynamodbAvailability } from '../inventory/index.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { skuInPath } from '../shared/sku-in-path.ts';
import { catalog } from './adapters/dynamodb-catalog.ts';
import { productResource } from './domain/product.ts';

const config = readConfig('CATALOG_TABLE', 'INVENTORY_TABLE');
const products = catalog(config.CATALOG_TABLE);
const stock = dynamodbAvailability(config.INVENTORY_TABLE);

export const handler = httpHandler(putProduct, async ({ path, body }) => {
  const sku = skuInPath(path);
  if (isRefusal(sku)) return sku;
  const product = { sku: sku.value, ...body };
  await products.put(product);
  const available = (await availabilityOf([product.sku], stock)).get(product.sku);
  return { body: productResource(product, available?.units ?? 0, available?.backorder?.mode) };
});
