import { type Clock, millisecondsOf, systemClock } from '../../../shared/kernel/time.ts';
import { type AccessOptions, tableAccess } from '../../../shared/table-access.ts';
import type { BindingStore } from '../commands/binding-store.ts';
import type { PlanChangeDependencies } from '../commands/change-plan.ts';
import type { RebalanceDependencies } from '../commands/rebalance-hot-skus.ts';
import type { SpreadDependencies } from '../commands/spread-shards.ts';
import { boundNonces } from '../commands/sweep-journals.ts';
import { dynamodbPlanStore } from './dynamodb-plan-store.ts';
import { dynamodbShardStore } from './dynamodb-shard-store.ts';

/** The dependencies of preparing a sale and of showing a plan. */
export function dynamodbSalePreparation(
  table: string,
  options: AccessOptions = {},
): PlanChangeDependencies & SpreadDependencies {
  const access = tableAccess(table, options);
  return { plans: dynamodbPlanStore(access), shards: dynamodbShardStore(access), pace: access.pace };
}

/** The dependencies of rebalancing. Make them once per process: they include its cache of bound nonces. */
export function dynamodbRebalancing(
  table: string,
  bindings: BindingStore,
  { clock = systemClock, ...options }: AccessOptions & { readonly clock?: Clock } = {},
): RebalanceDependencies {
  const access = tableAccess(table, options);
  return {
    plans: dynamodbPlanStore(access),
    shards: dynamodbShardStore(access),
    bindings,
    bound: boundNonces(),
    pace: access.pace,
    nowMs: millisecondsOf(clock),
  };
}
