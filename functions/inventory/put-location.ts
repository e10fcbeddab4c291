import { putLocation } from '../../api/locations.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { locationInPath } from '../shared/location-in-path.ts';
import { locationRegistry } from './locations/adapters/dynamodb-location-registry.ts';

const locations = locationRegistry(readConfig('INVENTORY_TABLE').INVENTORY_TABLE);

export const handler = httpHandler(putLocation, async ({ path, body }) => {
  const location = locationInPath(path);
  if (isRefusal(location)) return location;
  const put = await locations.put({ location: location.value, ...body });
  return isRefusal(put) ? put : { body: put };
});
