import { adjustStock } from '../../api/stock-books.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { skuInCatalog } from './ledger/adapters/sku-in-catalog.ts';
import { stockBooks } from './reservations/adapters/dynamodb-stock-store.ts';

const config = readConfig('CATALOG_TABLE', 'INVENTORY_TABLE');
const knownSku = skuInCatalog(config.CATALOG_TABLE);
const books = stockBooks(config.INVENTORY_TABLE);

export const handler = httpHandler(adjustStock, async ({ path, body }) => {
  const sku = await knownSku(path);
  if (isRefusal(sku)) return sku;
  const adjusted = await books.adjust({ ...body, sku: sku.value, at: systemClock() });
  return isRefusal(adjusted) ? adjusted : { body: adjusted };
});
