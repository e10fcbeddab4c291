import { putSafetyStock } from '../../api/stock-books.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { locationInPath } from '../shared/location-in-path.ts';
import { catalogedSku, dynamodbCatalogedSkus, dynamodbPosting, setSafetyStock } from './ledger/index.ts';
import { existingLocation, locationRegistry } from './locations/index.ts';

const config = readConfig('CATALOG_TABLE', 'INVENTORY_TABLE');
const catalog = dynamodbCatalogedSkus(config.CATALOG_TABLE);
const posting = dynamodbPosting(config.INVENTORY_TABLE);
const isKnown = existingLocation(locationRegistry(config.INVENTORY_TABLE));

export const handler = httpHandler(putSafetyStock, async ({ path, body }) => {
  const location = locationInPath(path);
  if (isRefusal(location)) return location;
  const sku = await catalogedSku(path, catalog);
  if (isRefusal(sku)) return sku;
  const place = await isKnown(location.value, 'path.location');
  if (isRefusal(place)) return place;
  return { body: await setSafetyStock({ sku: sku.value, location: location.value, wanted: body.units }, posting) };
});
