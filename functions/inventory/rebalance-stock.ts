import { readConfig } from '../shared/config.ts';
import { systemPace } from '../shared/kernel/backoff.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { tableAccess } from '../shared/table-access.ts';
import { dynamodbBindingStore } from './reservations/index.ts';
import { dynamodbRebalancing, hotSkuRebalancer, rebalanceWhileActive, reportRebalancing } from './sharding/index.ts';

const table = readConfig('INVENTORY_TABLE').INVENTORY_TABLE;
const rebalance = hotSkuRebalancer(dynamodbRebalancing(table, dynamodbBindingStore(tableAccess(table))));

export const handler = async (): Promise<void> => {
  reportRebalancing(await rebalanceWhileActive(rebalance, systemClock, systemPace));
};
