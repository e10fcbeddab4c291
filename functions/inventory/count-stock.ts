import { countStock } from '../../api/stock-books.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { bookCount, catalogedSku, dynamodbCatalogedSkus, dynamodbCounting } from './ledger/index.ts';
import { existingLocation, locationRegistry } from './locations/index.ts';

const config = readConfig('CATALOG_TABLE', 'INVENTORY_TABLE');
const catalog = dynamodbCatalogedSkus(config.CATALOG_TABLE);
const counting = dynamodbCounting(config.INVENTORY_TABLE);
const isKnown = existingLocation(locationRegistry(config.INVENTORY_TABLE));

export const handler = httpHandler(countStock, async ({ path, body }) => {
  const sku = await catalogedSku(path, catalog);
  if (isRefusal(sku)) return sku;
  const place = await isKnown(body.location);
  if (isRefusal(place)) return place;
  const counted = await bookCount({ ...body, sku: sku.value, at: systemClock() }, counting);
  return isRefusal(counted) ? counted : { body: counted };
});
