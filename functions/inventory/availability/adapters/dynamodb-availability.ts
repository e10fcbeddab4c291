import { type Clock, millisecondsOf, systemClock } from '../../../shared/kernel/time.ts';
import { type AccessOptions, tableAccess } from '../../../shared/table-access.ts';
import { LocationCache } from '../../locations/index.ts';
import { dynamodbPlanReader, dynamodbShardStore, PlanCache } from '../../sharding/index.ts';
import type { AvailabilityDependencies } from '../commands/stock-levels.ts';

/**
 * The dependencies of showing availability. Make them once per process: they include its caches of plans and locations.
 */
export function dynamodbAvailability(
  table: string,
  { clock = systemClock, ...options }: AccessOptions & { readonly clock?: Clock } = {},
): AvailabilityDependencies {
  const access = tableAccess(table, options);
  const nowMs = millisecondsOf(clock);
  return {
    planReader: dynamodbPlanReader(access),
    plans: new PlanCache(nowMs),
    locations: new LocationCache(nowMs),
    shards: dynamodbShardStore(access),
  };
}
