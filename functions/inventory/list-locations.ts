import { listLocations } from '../../api/locations.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { locationRegistry } from './locations/index.ts';

const { registry } = locationRegistry(readConfig('INVENTORY_TABLE').INVENTORY_TABLE);

export const handler = httpHandler(listLocations, async () => ({ body: { items: (await registry.read()).locations } }));
