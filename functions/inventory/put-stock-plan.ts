import { putStockPlan } from '../../api/inventory.ts';
import { catalog } from '../catalog/adapters/dynamodb-catalog.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal, refuse } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { skuInPath } from '../shared/sku-in-path.ts';
import { stockPlans } from './reservations/adapters/dynamodb-stock-store.ts';
import { planRequest } from './sharding/adapters/plan-request.ts';
import { planResource } from './sharding/adapters/stock-plan-resource.ts';

const config = readConfig('CATALOG_TABLE', 'INVENTORY_TABLE');
const products = catalog(config.CATALOG_TABLE);
const plans = stockPlans(config.INVENTORY_TABLE);

export const handler = httpHandler(putStockPlan, async ({ path, body }) => {
  const now = systemClock();
  const sku = skuInPath(path);
  if (isRefusal(sku)) return sku;
  const request = planRequest(body, now);
  if (isRefusal(request)) return request;
  const product = await products.find(sku.value);
  if (product === undefined) return refuse('UNKNOWN_SKU', `The catalog has no product ${sku.value}.`);
  const view = await plans.prepare(sku.value, request, now);
  return isRefusal(view) ? view : { body: planResource(view) };
});
