import { receiveStock } from '../../api/inventory.ts';
import { catalog } from '../catalog/adapters/dynamodb-catalog.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal, refuse } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { skuInPath } from '../shared/sku-in-path.ts';
import { stockStore } from './adapters/dynamodb-stock-store.ts';

const config = readConfig('CATALOG_TABLE', 'INVENTORY_TABLE');
const products = catalog(config.CATALOG_TABLE);
const stock = stockStore(config.INVENTORY_TABLE);

export const handler = httpHandler(receiveStock, async ({ path, body }) => {
  const sku = skuInPath(path);
  if (isRefusal(sku)) return sku;
  const product = await products.find(sku.value);
  if (product === undefined) return refuse('UNKNOWN_SKU', `The catalog has no product ${sku.value}.`);
  const received = await stock.receive({ sku: sku.value, ...body }, systemClock());
  return isRefusal(received) ? received : { body: received };
});
