import { countStock } from '../../api/stock-books.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { bookCount, catalogedSku, dynamodbCatalogedSkus, dynamodbCounting } from './ledger/index.ts';

const config = readConfig('CATALOG_TABLE', 'INVENTORY_TABLE');
const catalog = dynamodbCatalogedSkus(config.CATALOG_TABLE);
const counting = dynamodbCounting(config.INVENTORY_TABLE);

export const handler = httpHandler(countStock, async ({ path, body }) => {
  const sku = await catalogedSku(path, catalog);
  if (isRefusal(sku)) return sku;
  const counted = await bookCount({ ...body, sku: sku.value, at: systemClock() }, counting);
  return isRefusal(counted) ? counted : { body: counted };
});
