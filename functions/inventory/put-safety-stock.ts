import { putSafetyStock } from '../../api/stock-books.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { locationInPath } from '../shared/location-in-path.ts';
import { skuInCatalog } from './ledger/adapters/sku-in-catalog.ts';
import { stockBooks } from './reservations/adapters/dynamodb-stock-store.ts';

const config = readConfig('CATALOG_TABLE', 'INVENTORY_TABLE');
const knownSku = skuInCatalog(config.CATALOG_TABLE);
const books = stockBooks(config.INVENTORY_TABLE);

export const handler = httpHandler(putSafetyStock, async ({ path, body }) => {
  const location = locationInPath(path);
  if (isRefusal(location)) return location;
  const sku = await knownSku(path);
  if (isRefusal(sku)) return sku;
  return { body: await books.setSafetyStock({ sku: sku.value, location: location.value, wanted: body.units }) };
});
