import { getStock } from '../../api/inventory.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal, refuse } from '../shared/kernel/refusal.ts';
import { skuInPath } from '../shared/sku-in-path.ts';
import { stockLevels } from './availability/index.ts';
import { dynamodbLevels } from './backorders/index.ts';

const stock = dynamodbLevels(readConfig('INVENTORY_TABLE').INVENTORY_TABLE);

export const handler = httpHandler(getStock, async ({ path }) => {
  const sku = skuInPath(path);
  const levels = isRefusal(sku) ? undefined : await stockLevels(sku.value, stock);
  return levels === undefined ? refuse('NOT_FOUND', 'Nothing was ever received of this SKU.') : { body: levels };
});
