import { putStockPlan } from '../../api/inventory.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { skuInPath } from '../shared/sku-in-path.ts';
import { catalogedSku, dynamodbCatalogedSkus } from './ledger/index.ts';
import { dynamodbSalePreparation, planRequest, planResource, prepareSale } from './sharding/index.ts';

const config = readConfig('CATALOG_TABLE', 'INVENTORY_TABLE', 'STAGE', 'CELL');
const catalog = dynamodbCatalogedSkus(config.CATALOG_TABLE);
const preparation = dynamodbSalePreparation(config.INVENTORY_TABLE);

export const handler = httpHandler(putStockPlan, async ({ path, body }) => {
  const now = systemClock();
  const named = skuInPath(path);
  if (isRefusal(named)) return named;
  const request = planRequest(body, now);
  if (isRefusal(request)) return request;
  const sku = await catalogedSku(path, catalog);
  if (isRefusal(sku)) return sku;
  const view = await prepareSale(sku.value, request, now, preparation);
  return isRefusal(view) ? view : { body: planResource(view, config) };
});
