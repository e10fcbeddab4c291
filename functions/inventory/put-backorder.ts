import { putBackorder } from '../../api/inventory.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { dynamodbBackorderSetting, setBackorder } from './backorders/index.ts';
import { catalogedSku, dynamodbCatalogedSkus } from './ledger/index.ts';

const config = readConfig('CATALOG_TABLE', 'INVENTORY_TABLE');
const catalog = dynamodbCatalogedSkus(config.CATALOG_TABLE);
const setting = dynamodbBackorderSetting(config.INVENTORY_TABLE);

export const handler = httpHandler(putBackorder, async ({ path, body: { mode, limit } }) => {
  const sku = await catalogedSku(path, catalog);
  if (isRefusal(sku)) return sku;
  const wanted = mode === 'none' ? undefined : { mode, ...(limit !== undefined && { limit }) };
  const { waiting } = await setBackorder(sku.value, wanted, setting);
  return { body: { sku: sku.value, mode, limit, waiting } };
});
