import { readConfig } from '../shared/config.ts';
import { systemPace } from '../shared/kernel/backoff.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { stockPlans } from './reservations/adapters/dynamodb-stock-store.ts';
import { reportTending } from './sharding/adapters/report-rebalancing.ts';
import { tendWhileActive } from './sharding/commands/rebalance-while-active.ts';

const plans = stockPlans(readConfig('INVENTORY_TABLE').INVENTORY_TABLE);

export const handler = async (): Promise<void> => {
  const looks = await tendWhileActive(plans, systemClock, systemPace);
  reportTending(looks);
};
