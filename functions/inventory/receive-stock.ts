import { receiveStock } from '../../api/inventory.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { skuInCatalog } from './ledger/adapters/sku-in-catalog.ts';
import { stockStore } from './reservations/adapters/dynamodb-stock-store.ts';

const config = readConfig('CATALOG_TABLE', 'INVENTORY_TABLE');
const knownSku = skuInCatalog(config.CATALOG_TABLE);
const stock = stockStore(config.INVENTORY_TABLE);

export const handler = httpHandler(receiveStock, async ({ path, body }) => {
  const sku = await knownSku(path);
  if (isRefusal(sku)) return sku;
  const received = await stock.receive({ sku: sku.value, ...body }, systemClock());
  return isRefusal(received) ? received : { body: received };
});
