import { getStock } from '../../api/inventory.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal, refuse } from '../shared/kernel/refusal.ts';
import { skuInPath } from '../shared/sku-in-path.ts';
import { stockStore } from './reservations/adapters/dynamodb-stock-store.ts';

const stock = stockStore(readConfig('INVENTORY_TABLE').INVENTORY_TABLE);

export const handler = httpHandler(getStock, async ({ path }) => {
  const sku = skuInPath(path);
  const levels = isRefusal(sku) ? undefined : await stock.levels(sku.value);
  return levels === undefined ? refuse('NOT_FOUND', 'Nothing was ever received of this SKU.') : { body: levels };
});
