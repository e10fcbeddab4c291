import { moveStock } from '../../api/stock-books.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { bookMove, catalogedSku, dynamodbCatalogedSkus, dynamodbPosting } from './ledger/index.ts';
import { existingLocation, locationRegistry } from './locations/index.ts';

const config = readConfig('CATALOG_TABLE', 'INVENTORY_TABLE');
const catalog = dynamodbCatalogedSkus(config.CATALOG_TABLE);
const posting = dynamodbPosting(config.INVENTORY_TABLE);
const isKnown = existingLocation(locationRegistry(config.INVENTORY_TABLE));

export const handler = httpHandler(moveStock, async ({ path, body }) => {
  const sku = await catalogedSku(path, catalog);
  if (isRefusal(sku)) return sku;
  const place = await isKnown(body.to, 'to');
  if (isRefusal(place)) return place;
  const moved = await bookMove({ ...body, sku: sku.value, at: systemClock() }, posting);
  return isRefusal(moved) ? moved : { body: moved };
});
