import { type Clock, millisecondsOf, systemClock } from '../../../shared/kernel/time.ts';
import { type AccessOptions, tableAccess } from '../../../shared/table-access.ts';
import { dynamodbPlanQueues } from '../../backorders/index.ts';
import { dynamodbShardStore } from '../../sharding/index.ts';
import type { CountDependencies } from '../commands/book-count.ts';
import type { ReceiptDependencies } from '../commands/book-receipt.ts';
import type { PostDependencies } from '../commands/post-entry.ts';
import { dynamodbLedgerStore } from './dynamodb-ledger-store.ts';
import { dynamodbReservedOrders } from './dynamodb-reserved-orders.ts';

/** The dependencies of booking receipts. */
export function dynamodbReceipts(table: string, options: AccessOptions = {}): ReceiptDependencies {
  const access = tableAccess(table, options);
  return {
    ...dynamodbPosting(table, options),
    ledger: dynamodbLedgerStore(access),
    planQueues: dynamodbPlanQueues(access),
  };
}

/** The dependencies of booking counts. */
export function dynamodbCounting(
  table: string,
  { clock = systemClock, ...options }: AccessOptions & { readonly clock?: Clock } = {},
): CountDependencies {
  const reservedOrders = dynamodbReservedOrders(tableAccess(table, options), millisecondsOf(clock));
  return { ...dynamodbPosting(table, options), reservedOrders };
}

/** The dependencies of booking adjustments, moves and safety stock. */
export function dynamodbPosting(table: string, options: AccessOptions = {}): PostDependencies {
  const access = tableAccess(table, options);
  return { ledger: dynamodbLedgerStore(access), shards: dynamodbShardStore(access), pace: access.pace };
}
