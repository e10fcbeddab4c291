import { moveStock } from '../../api/stock-books.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { skuInCatalog } from './ledger/adapters/sku-in-catalog.ts';
import { stockBooks } from './reservations/adapters/dynamodb-stock-store.ts';

const config = readConfig('CATALOG_TABLE', 'INVENTORY_TABLE');
const knownSku = skuInCatalog(config.CATALOG_TABLE);
const books = stockBooks(config.INVENTORY_TABLE);

export const handler = httpHandler(moveStock, async ({ path, body }) => {
  const sku = await knownSku(path);
  if (isRefusal(sku)) return sku;
  const moved = await books.move({ ...body, sku: sku.value, at: systemClock() });
  return isRefusal(moved) ? moved : { body: moved };
});
