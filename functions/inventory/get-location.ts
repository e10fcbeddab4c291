import { getLocation } from '../../api/locations.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { refuse } from '../shared/kernel/refusal.ts';
import { locationRegistry } from './locations/index.ts';

const { registry } = locationRegistry(readConfig('INVENTORY_TABLE').INVENTORY_TABLE);

export const handler = httpHandler(getLocation, async ({ path }) => {
  const found = (await registry.read()).locations.find(({ location }) => location === path.location);
  return found === undefined ? refuse('NOT_FOUND', 'No such location is registered.') : { body: found };
});
