import { listLocations } from '../../api/locations.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { locationRegistry } from './locations/adapters/dynamodb-location-registry.ts';

const locations = locationRegistry(readConfig('INVENTORY_TABLE').INVENTORY_TABLE);

export const handler = httpHandler(listLocations, async () => ({ body: { items: await locations.all() } }));
