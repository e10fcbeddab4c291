import { readConfig } from '../shared/config.ts';
import { systemPace } from '../shared/kernel/backoff.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { stockPlans } from './adapters/dynamodb-stock-store.ts';
import { reportTending } from './adapters/report-tending.ts';
import { tendWhileActive } from './domain/tend-while-active.ts';

const plans = stockPlans(readConfig('INVENTORY_TABLE').INVENTORY_TABLE);

export const handler = async (): Promise<void> => {
  const looks = await tendWhileActive(plans, systemClock, systemPace);
  reportTending(looks);
};
