import type { Pace } from '../../../shared/kernel/backoff.ts';
import { type AccessOptions, tableAccess } from '../../../shared/table-access.ts';
import { type AnnouncementDependencies, type LevelDependencies, levelStore } from '../../availability/index.ts';
import {
  dynamodbDebiting,
  dynamodbReserving,
  dynamodbStockReader,
  type ReserveOptions,
} from '../../reservations/index.ts';
import { dynamodbPlanStore, dynamodbShardStore, type PlanChangeDependencies } from '../../sharding/index.ts';
import type { AllocateDependencies } from '../commands/allocate-backorders.ts';
import type { BackorderQueue } from '../commands/backorder-queue.ts';
import type { BackorderDependencies } from '../commands/reserve-or-backorder.ts';
import { dynamodbBackorderQueue, dynamodbPlanQueues } from './dynamodb-backorder-queue.ts';

/** The dependencies of reserving or backordering. Create them once per process: they cache plans and counts. */
export function dynamodbReserveOrBackorder(table: string, options: ReserveOptions = {}): BackorderDependencies {
  return { ...dynamodbReserving(table, options), queue: dynamodbBackorderQueue(tableAccess(table, options)) };
}

/** The dependencies of removing orders from their queues. */
export function dynamodbQueue(
  table: string,
  options: AccessOptions = {},
): { readonly queue: BackorderQueue; readonly pace: Pace } {
  const access = tableAccess(table, options);
  return { queue: dynamodbBackorderQueue(access), pace: access.pace };
}

/** The dependencies of allocating backorders. */
export function dynamodbBackorderAllocation(table: string, options: ReserveOptions = {}): AllocateDependencies {
  const access = tableAccess(table, options);
  return {
    ...dynamodbDebiting(access, options),
    queue: dynamodbBackorderQueue(access),
    planQueues: dynamodbPlanQueues(access),
    stock: dynamodbStockReader(access),
    pace: access.pace,
  };
}

/** The dependencies of setting the backorder mode of a SKU. */
export function dynamodbBackorderSetting(
  table: string,
  options: AccessOptions = {},
): PlanChangeDependencies & { readonly queue: BackorderQueue } {
  const access = tableAccess(table, options);
  return { plans: dynamodbPlanStore(access), queue: dynamodbBackorderQueue(access), pace: access.pace };
}

/** The dependencies of reading the levels of a SKU. */
export function dynamodbLevels(table: string, options: AccessOptions = {}): LevelDependencies {
  const access = tableAccess(table, options);
  return { planQueues: dynamodbPlanQueues(access), shards: dynamodbShardStore(access) };
}

/** The dependencies of announcing levels. */
export function dynamodbAnnouncement(table: string, options: AccessOptions = {}): AnnouncementDependencies {
  const access = tableAccess(table, options);
  return {
    ...dynamodbLevels(table, options),
    levels: levelStore(table, options),
    queue: dynamodbBackorderQueue(access),
  };
}
