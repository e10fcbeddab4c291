import { putBackorder } from '../../api/inventory.ts';
import { catalog } from '../catalog/adapters/dynamodb-catalog.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal, refuse } from '../shared/kernel/refusal.ts';
import { skuInPath } from '../shared/sku-in-path.ts';
import { lineSurroundings } from './backorders/adapters/backorder-dependencies.ts';
import { setBackorder } from './backorders/commands/set-backorder.ts';

const config = readConfig('CATALOG_TABLE', 'INVENTORY_TABLE');
const products = catalog(config.CATALOG_TABLE);
const around = lineSurroundings(config.INVENTORY_TABLE);

export const handler = httpHandler(putBackorder, async ({ path, body: { mode, limit } }) => {
  const sku = skuInPath(path);
  if (isRefusal(sku)) return sku;
  const product = await products.find(sku.value);
  if (product === undefined) return refuse('UNKNOWN_SKU', `The catalog has no product ${sku.value}.`);
  const wanted = mode === 'none' ? undefined : { mode, ...(limit !== undefined && { limit }) };
  const { waiting } = await setBackorder(sku.value, wanted, around);
  return { body: { sku: sku.value, mode, limit, waiting } };
});
