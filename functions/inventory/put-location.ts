import { putLocation } from '../../api/locations.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { locationInPath } from '../shared/location-in-path.ts';
import { locationRegistry, registerLocation } from './locations/index.ts';

const locations = locationRegistry(readConfig('INVENTORY_TABLE').INVENTORY_TABLE);

export const handler = httpHandler(putLocation, async ({ path, body }) => {
  const location = locationInPath(path);
  if (isRefusal(location)) return location;
  const put = await registerLocation({ location: location.value, ...body }, locations);
  return isRefusal(put) ? put : { body: put };
});
