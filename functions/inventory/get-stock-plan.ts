import { getStockPlan } from '../../api/inventory.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal, refuse } from '../shared/kernel/refusal.ts';
import { skuInPath } from '../shared/sku-in-path.ts';
import { dynamodbSalePreparation, planResource, planViewOf } from './sharding/index.ts';

const config = readConfig('INVENTORY_TABLE', 'STAGE', 'CELL');
const plans = dynamodbSalePreparation(config.INVENTORY_TABLE);

export const handler = httpHandler(getStockPlan, async ({ path }) => {
  const sku = skuInPath(path);
  const view = isRefusal(sku) ? undefined : await planViewOf(sku.value, plans);
  return view === undefined ? refuse('NOT_FOUND', 'This SKU has no plan.') : { body: planResource(view, config) };
});
